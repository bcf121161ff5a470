//! Hand-written scripts in their published form: without comments and indents.

/// The script without lines that consist of comments only, and without indents. Comments behind code
/// stay. Lines inside backticks stay as they are, even if they look like comments.
pub fn published(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let (mut is_comment, mut is_text) = (false, false);
    for line in script.split_inclusive('\n') {
        let code = line.trim();
        let comment = code.strip_prefix("/*").filter(|_| !is_text).or(is_comment.then_some(code));
        match comment.map(|comment| comment.split_once("*/")) {
            Some(None) => is_comment = true,
            Some(Some((_, ""))) => is_comment = false,
            None if code.starts_with("//") && !is_text => {}
            Some(Some((_, code))) if is_comment => {
                is_comment = false;
                kept.extend([code, "\n"]);
            }
            _ => {
                kept += if is_text { line } else { line.trim_start_matches(' ') };
                is_text ^= code.matches('`').count() % 2 == 1;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_comments_go_and_all_others_stay() {
        let script = "// one\nconst a = 1; // two\n/** three */\n  /*\n   * four\n   */\nf(a);\n/* five */\nlast";
        assert_eq!(published(script), "const a = 1; // two\nf(a);\nlast");
    }

    #[test]
    fn code_behind_a_comment_stays() {
        let script = "/* one */ a();\n/*\ntwo */ b();\nc();\n";
        assert_eq!(published(script), "/* one */ a();\n b();\nc();\n");
    }

    #[test]
    fn texts_over_several_lines_stay_as_they_are() {
        let script =
            "const css = `\n  // none\n/* none */\n`;\n// one\n  f(\"`a` and `b`\");\n// two\n";
        let expected = "const css = `\n  // none\n/* none */\n`;\nf(\"`a` and `b`\");\n";
        assert_eq!(published(script), expected);
    }

    #[test]
    fn the_widgets_scripts_lose_nothing_but_comments_and_indents() {
        let folder = crate::context::root().join("web/widget/element");
        for path in crate::files::list(&folder).expect("listed") {
            let script = std::fs::read_to_string(&path).expect("read");
            let mut kept = published(&script).lines().map(str::to_owned).collect::<Vec<_>>();
            assert!(kept.len() > 3, "{}", path.display());
            kept.reverse();
            for line in script.lines() {
                if kept.last().is_some_and(|next| next.trim_start() == line.trim_start()) {
                    kept.pop();
                } else {
                    let is_comment = ["/*", "*", "//"].iter().any(|x| line.trim().starts_with(x));
                    assert!(is_comment, "{}: {line}", path.display());
                }
            }
            assert!(kept.is_empty(), "{}", path.display());
        }
    }
}
