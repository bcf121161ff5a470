//! A static server for this machine only. It answers what a plain static host would, plus the
//! headers that let pages share memory with their workers.

use std::convert::Infallible;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH,
    LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use crate::context::Context;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

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

/// Serves `site` from a thread of its own until the program ends. Gives the address.
///
/// Every connection is a task, never a thread that others wait for: browsers open connections that
/// they use later or not at all.
///
/// # Errors
/// If the listener cannot be used.
pub fn start(listener: TcpListener, site: Site) -> Result<String> {
    let address = format!("http://{}/", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || runtime.block_on(accept(listener, Arc::new(site))));
    Ok(address)
}

async fn accept(listener: TcpListener, site: Arc<Site>) {
    const BREATH: Duration = Duration::from_millis(50);
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return eprintln!("the server does not start: {error}"),
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or a client that was gone before it was greeted.
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let site = Arc::clone(&site);
        let service = service_fn(move |request: Request<Incoming>| {
            let response = answer(&request, &site);
            async { Ok::<_, Infallible>(response) }
        });
        // A browser that went away is no concern of ours.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async { drop(connection.await) });
    }
}

type Answer = Response<Full<Bytes>>;

fn answer<B>(request: &Request<B>, site: &Site) -> Answer {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return with_headers(StatusCode::METHOD_NOT_ALLOWED, "GET only\n", &[]);
    }
    let url = request.uri().path();
    let not_found = || with_headers(StatusCode::NOT_FOUND, "not found\n", &[]);
    let path = match site.find(url) {
        Found::File(path) => path,
        Found::Folder => {
            let location = format!("{url}/");
            return with_headers(StatusCode::MOVED_PERMANENTLY, "", &[(LOCATION, &location)]);
        }
        Found::Nothing => return not_found(),
    };
    let Ok(metadata) = fs::metadata(&path) else {
        return not_found();
    };
    let tag = entity_tag(&metadata);
    let headers = [(CONTENT_TYPE, mime_type(&path)), (ETAG, tag.as_str())];
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        return with_headers(StatusCode::NOT_MODIFIED, "", &headers);
    }
    // Whole, so that the length is told and the page can show a download's progress.
    match fs::read(&path) {
        Ok(content) => with_headers(StatusCode::OK, content, &headers),
        Err(_) => not_found(),
    }
}

/// An answer with the headers of every answer; `headers` come in place of those of the same name.
fn with_headers(
    status: StatusCode,
    body: impl Into<Bytes>,
    headers: &[(HeaderName, &str)],
) -> Answer {
    let always = [
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        // The site is public. A page in a sandboxed frame is of no origin: its own files are another one's.
        (RESOURCE_POLICY, "cross-origin"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    for (name, value) in always.iter().chain(headers) {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
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
            "content-type: application/gzip",
            "content-length: 2",
            "cache-control: no-cache",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-embedder-policy: require-corp",
            "cross-origin-resource-policy: cross-origin",
            "access-control-allow-origin: *",
        ] {
            assert!(head.lines().any(|found| found == line), "{line} in {head}");
        }
        assert!(!head.contains("content-encoding"), "{head}");
        assert_eq!(body, "gz");

        let tag = head.lines().find_map(|line| line.strip_prefix("etag: "));
        let condition = format!("If-None-Match: {}\r\n", tag.expect("a tag"));
        let (head, body) = ask(&address, "GET", "/data/mnist/x.gz", &condition);
        assert!(head.starts_with("HTTP/1.1 304") && body.is_empty(), "{head}");

        let (head, body) = ask(&address, "HEAD", "/", "");
        assert!(head.starts_with("HTTP/1.1 200") && body.is_empty(), "{head}");
        assert!(ask(&address, "GET", "/none", "").0.starts_with("HTTP/1.1 404"));
        assert!(ask(&address, "POST", "/", "").0.starts_with("HTTP/1.1 405"));
        let (head, _) = ask(&address, "GET", "/widget", "");
        assert!(head.lines().any(|line| line == "location: /widget/"), "{head}");
    }

    #[test]
    fn other_origins_may_have_the_site() {
        let folder = TempFolder::new();
        let dist = folder.path().join("dist");
        let shared = [
            "/widget/gan-sampler.js",
            "/widget/wasm/a_bg.wasm",
            "/pretrained/a.safetensors",
            "/worker/entry.js",
        ];
        let site = site(&folder);
        for path in &shared {
            files::write_whole(&dist.join(&path[1..]), b"x").expect("written");
        }
        let address = start(listen(0).expect("some port is free"), site).expect("starts");
        let has = |head: &str, line: &str| head.lines().any(|found| found == line);
        for path in shared {
            let (head, _) = ask(&address, "GET", path, "");
            assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
            assert!(has(&head, "access-control-allow-origin: *"), "{path}: {head}");
            assert!(has(&head, "cross-origin-resource-policy: cross-origin"), "{path}: {head}");
            // A copy that a browser has kept is told again whose it is.
            let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
            let (head, _) = ask(&address, "GET", path, &format!("If-None-Match: {tag}\r\n"));
            assert!(head.starts_with("HTTP/1.1 304"), "{path}: {head}");
            assert!(has(&head, "access-control-allow-origin: *"), "{path}: {head}");
        }
    }

    /// Browsers keep connections open and open several at once: none may wait for another's end.
    #[test]
    fn no_connection_waits_for_another() {
        let folder = TempFolder::new();
        for _ in 0..10 {
            let listener = listen(0).expect("some port is free");
            let address = start(listener, site(&folder)).expect("starts");
            let host = address.trim_start_matches("http://").trim_end_matches('/');
            let asked = || {
                let mut stream = TcpStream::connect(host).expect("the server listens");
                write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("sent");
                stream
            };
            let answered = |mut stream: TcpStream| {
                stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
                let mut status = [0; 12];
                stream.read_exact(&mut status).expect("answered while others stay open");
                assert_eq!(&status, b"HTTP/1.1 200");
                stream
            };
            // A pool of threads may have as many left as nearly suffice.
            let _held = [asked(), asked(), asked()].map(answered);
            let _silent = TcpStream::connect(host).expect("the server listens");
            let _together = [asked(), asked(), asked()].map(answered);
        }
    }

    #[test]
    fn a_taken_port_is_named() {
        let listener = listen(0).expect("some port is free");
        let port = listener.local_addr().expect("an address").port();
        let error = listen(port).expect_err("taken").to_string();
        assert!(error.contains(&port.to_string()), "{error}");
    }
}
