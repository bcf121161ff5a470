//! A static server for this machine only. It answers what a plain static host would, plus the
//! headers that let pages share memory with their workers.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::context::Context;

/// What the server offers: the site, and data sets that lie outside it.
#[derive(Clone)]
pub struct Site {
    dist: PathBuf,
    data: PathBuf,
}

impl Site {
    /// The site of a checkout.
    pub fn new(ctx: &Context) -> Self {
        Self { dist: ctx.dist(), data: ctx.data() }
    }

    /// What a request for the URL `url` (path and query) finds.
    fn find(&self, url: &str) -> Found {
        let Some(path) = clean_path(url) else {
            return Found::Nothing;
        };
        let mut candidates = vec![self.dist.join(&path)];
        if let Ok(path) = Path::new(&path).strip_prefix("data") {
            candidates.insert(0, self.data.join(path));
        }
        let is_folder_url = path.is_empty() || path.ends_with('/');
        for candidate in candidates {
            if candidate.is_file() && !is_folder_url {
                return Found::File(candidate);
            }
            let index = candidate.join("index.html");
            if index.is_file() {
                return if is_folder_url { Found::File(index) } else { Found::Folder };
            }
        }
        Found::Nothing
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    File(PathBuf),
    /// A folder asked for without the slash that relative links need.
    Folder,
    Nothing,
}

/// Takes `port` of 127.0.0.1; port 0 stands for any free one. Connections wait until [`start`].
///
/// # Errors
/// If the port is taken.
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen at 127.0.0.1:{port}; --port takes another"))
}

/// Serves `site` from threads of its own until the program ends. Gives the address.
///
/// # Errors
/// If the listener cannot be used.
pub fn start(listener: TcpListener, site: Site) -> Result<String> {
    const THREADS: usize = 6;
    let address = format!("http://{}/", listener.local_addr()?);
    let server = Server::from_listener(listener, None)
        .map_err(|error| anyhow::anyhow!("the server does not start: {error}"))?;
    let server = Arc::new(server);
    for _ in 0..THREADS {
        let (server, site) = (Arc::clone(&server), site.clone());
        thread::spawn(move || {
            while let Ok(request) = server.recv() {
                // A browser that went away is no concern of ours.
                let _ = answer(request, &site);
            }
        });
    }
    Ok(address)
}

fn answer(request: Request, site: &Site) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(with_headers(Response::from_string("GET only\n"), 405, &[]));
    }
    let path = match site.find(request.url()) {
        Found::File(path) => path,
        Found::Folder => {
            let path = request.url().split(['?', '#']).next().unwrap_or_default();
            let location = format!("{path}/");
            let response = with_headers(Response::empty(301), 301, &[("Location", &location)]);
            return request.respond(response);
        }
        Found::Nothing => {
            return request.respond(with_headers(Response::from_string("not found\n"), 404, &[]));
        }
    };
    let (Ok(file), Ok(metadata)) = (File::open(&path), fs::metadata(&path)) else {
        return request.respond(with_headers(Response::from_string("not found\n"), 404, &[]));
    };
    let tag = entity_tag(&metadata);
    let headers = [("Content-Type", mime_type(&path)), ("ETag", &tag)];
    let known = header(&request, "If-None-Match");
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        return request.respond(with_headers(Response::empty(304), 304, &headers));
    }
    // The length is told even for large files, so that the page can show a download's progress.
    let response = Response::from_file(file).with_chunked_threshold(usize::MAX);
    request.respond(with_headers(response, 200, &headers))
}

fn with_headers<R: std::io::Read>(
    response: Response<R>,
    status: u16,
    headers: &[(&str, &str)],
) -> Response<R> {
    const ALWAYS: [(&str, &str); 5] = [
        ("Cache-Control", "no-cache"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    let mut response = response.with_status_code(status);
    for (name, value) in ALWAYS.iter().chain(headers) {
        if let Ok(header) = Header::from_bytes(*name, *value) {
            response.add_header(header);
        }
    }
    response
}

fn header<'request>(request: &'request Request, name: &'static str) -> Option<&'request str> {
    let mut headers = request.headers().iter();
    let header = headers.find(|header| header.field.equiv(name))?;
    Some(header.value.as_str())
}

/// Changes with every new version of a file: from its size and time of writing.
fn entity_tag(metadata: &fs::Metadata) -> String {
    let written = metadata.modified().ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let written_ns = written.map_or(0, |time| time.as_nanos());
    format!("\"{:x}-{written_ns:x}\"", metadata.len())
}

/// The path below the site's root that a URL's path names, without a leading slash; nothing if it
/// could lead outside.
fn clean_path(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decode(path)?;
    let is_plain = |part: &str| !matches!(part, "." | "..") && !part.contains(['\\', '\0', ':']);
    let folders = path.strip_suffix('/').unwrap_or(&path);
    let is_safe =
        folders.is_empty() || folders.split('/').all(|part| !part.is_empty() && is_plain(part));
    is_safe.then_some(path)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

/// The media type of a file by its name. Gzip files are files, not an encoding of others: the
/// page unpacks the data sets itself.
fn mime_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "txt" | "md" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::files;
    use crate::files::testing::TempFolder;

    fn site(folder: &TempFolder) -> Site {
        let root = folder.path();
        for (path, content) in [
            ("dist/index.html", "<!doctype html>"),
            ("dist/widget/index.html", "widget"),
            ("dist/a b.wasm", "wasm"),
            ("data/mnist/x.gz", "gz"),
            ("secret.txt", "secret"),
        ] {
            files::write_whole(&root.join(path), content.as_bytes()).expect("written");
        }
        Site { dist: root.join("dist"), data: root.join("data") }
    }

    #[test]
    fn urls_lead_to_files_of_the_site_only() {
        let folder = TempFolder::new();
        let site = site(&folder);
        let file = |path: &str| Found::File(folder.path().join(path));
        assert_eq!(site.find("/"), file("dist/index.html"));
        assert_eq!(site.find("/?lang=de"), file("dist/index.html"));
        assert_eq!(site.find("/a%20b.wasm"), file("dist/a b.wasm"));
        assert_eq!(site.find("/data/mnist/x.gz"), file("data/mnist/x.gz"));
        assert_eq!(site.find("/widget/"), file("dist/widget/index.html"));
        assert_eq!(site.find("/widget"), Found::Folder);
        for outside in [
            "/missing",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/data/../../secret.txt",
            "//etc/passwd",
            "/a%",
            "/index.html/",
            "secret.txt",
        ] {
            assert_eq!(site.find(outside), Found::Nothing, "{outside}");
        }
    }

    /// Sends one request by hand; gives the head of the answer and its body.
    fn ask(address: &str, method: &str, path: &str, extra: &str) -> (String, String) {
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).expect("the server listens");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{extra}\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }

    #[test]
    fn answers_have_type_length_and_isolation() {
        let folder = TempFolder::new();
        let listener = listen(0).expect("some port is free");
        let address = start(listener, site(&folder)).expect("starts");

        let (head, body) = ask(&address, "GET", "/data/mnist/x.gz", "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        for line in [
            "Content-Type: application/gzip",
            "Content-Length: 2",
            "Cache-Control: no-cache",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Embedder-Policy: require-corp",
            "Cross-Origin-Resource-Policy: same-origin",
        ] {
            assert!(head.lines().any(|found| found == line), "{line} in {head}");
        }
        assert!(!head.contains("Content-Encoding"), "{head}");
        assert_eq!(body, "gz");

        let tag = head.lines().find_map(|line| line.strip_prefix("ETag: "));
        let condition = format!("If-None-Match: {}\r\n", tag.expect("a tag"));
        let (head, body) = ask(&address, "GET", "/data/mnist/x.gz", &condition);
        assert!(head.starts_with("HTTP/1.1 304") && body.is_empty(), "{head}");

        let (head, body) = ask(&address, "HEAD", "/", "");
        assert!(head.starts_with("HTTP/1.1 200") && body.is_empty(), "{head}");
        assert!(ask(&address, "GET", "/none", "").0.starts_with("HTTP/1.1 404"));
        assert!(ask(&address, "POST", "/", "").0.starts_with("HTTP/1.1 405"));
        let (head, _) = ask(&address, "GET", "/widget", "");
        assert!(head.lines().any(|line| line == "Location: /widget/"), "{head}");
    }

    #[test]
    fn a_taken_port_is_named() {
        let listener = listen(0).expect("some port is free");
        let port = listener.local_addr().expect("an address").port();
        let error = listen(port).expect_err("taken").to_string();
        assert!(error.contains(&port.to_string()), "{error}");
    }
}
