//! Refusals in another language. The code makes them in English, as text, wherever something is wrong;
//! here the text is recognised by its template.

/// The refusals that there are, with their translations.
///
/// The list has two lines for each: the English template and the translation. `{name}` stands for any
/// text, which is taken over; where that text is a refusal itself, so is its translation.
pub struct Refusals(Vec<Refusal>);

struct Refusal {
    /// The text between the template's placeholders, one more than there are placeholders.
    between: Vec<&'static str>,
    names: Vec<&'static str>,
    translation: &'static str,
}

impl Refusals {
    /// The refusals in a list. Lines that begin with `#` are comments.
    pub fn read(list: &'static str) -> Self {
        let mut lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut refusals = Vec::new();
        while let (Some(template), Some(translation)) = (lines.next(), lines.next()) {
            let (between, names) = parts(template);
            refusals.push(Refusal { between, names, translation });
        }
        // The template that says most is asked first.
        refusals.sort_by_key(|refusal| {
            std::cmp::Reverse(refusal.between.iter().map(|text| text.len()).sum::<usize>())
        });
        Self(refusals)
    }

    /// The templates and their translations.
    pub fn all(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.0.iter().map(|refusal| {
            let placeholders = refusal.names.iter().map(|name| format!("{{{name}}}"));
            let placeholders = placeholders.chain([String::new()]);
            let parts = refusal.between.iter().zip(placeholders);
            (
                parts.map(|(text, placeholder)| text.to_string() + &placeholder).collect(),
                refusal.translation,
            )
        })
    }

    /// `text` in the other language; `text` itself where no template is its own.
    pub fn told(&self, text: &str) -> String {
        let found = self.0.iter().find_map(|refusal| Some((refusal, refusal.given(text)?)));
        let Some((refusal, given)) = found else { return text.to_string() };
        let (between, names) = parts(refusal.translation);
        let mut told = between[0].to_string();
        for (name, behind) in names.iter().zip(&between[1..]) {
            let place = refusal.names.iter().position(|known| known == name);
            let part = place.map_or_else(|| (*name).to_string(), |place| self.told(given[place]));
            join(&mut told, &part);
            join(&mut told, behind);
        }
        told
    }
}

impl Refusal {
    /// What stands in `text` for each placeholder, if the text is of this template.
    fn given<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.between.split_first()?;
        let mut text = text.strip_prefix(first)?;
        let Some((last, middle)) = rest.split_last() else {
            return text.is_empty().then(Vec::new);
        };
        let mut given = Vec::with_capacity(rest.len());
        for between in middle {
            let (before, behind) = text.split_once(between)?;
            given.push(before);
            text = behind;
        }
        given.push(text.strip_suffix(last)?);
        Some(given)
    }
}

/// Puts `text` behind `told`. Chinese has a space beside other letters, and none between its own.
fn join(told: &mut String, text: &str) {
    let is_own = |letter: Option<char>| letter.is_some_and(|letter| !letter.is_ascii());
    let before = told.trim_end_matches(' ');
    let behind = text.trim_start_matches(' ');
    let has_space = before.len() < told.len() || behind.len() < text.len();
    if has_space && is_own(before.chars().next_back()) && is_own(behind.chars().next()) {
        told.truncate(before.len());
        told.push_str(behind);
    } else {
        told.push_str(text);
    }
}

/// A template's texts between its placeholders, and the placeholders' names.
fn parts(template: &'static str) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut between, mut names, mut rest) = (Vec::new(), Vec::new(), template);
    while let Some((before, from)) = rest.split_once('{') {
        let (name, behind) = from.split_once('}').unwrap_or((from, ""));
        between.push(before);
        names.push(name);
        rest = behind;
    }
    between.push(rest);
    (between, names)
}
