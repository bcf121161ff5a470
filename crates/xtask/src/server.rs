//! A static server for this machine only. It answers like a plain static host, and adds the headers
//! that let pages share memory with their workers.

use std::convert::Infallible;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
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

use crate::site::{Found, Site, mime_type};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The URL of the site's version; `?seen=VERSION` waits for another one.
const VERSION_PATH: &str = "/.version";

/// Binds `port` of 127.0.0.1, or any free port for 0. Connections wait until [`start`].
///
/// # Errors
/// If the port is taken.
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen at 127.0.0.1:{port}; --port takes another"))
}

/// Serves `site` from a thread of its own until the program ends. Returns the address.
///
/// Every connection is a task. With a thread per connection others would wait, since browsers open
/// connections that they use later or never.
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
            // There are too many open files, or the client closed the connection first.
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let site = Arc::clone(&site);
        let service = service_fn(move |request: Request<Incoming>| {
            let site = Arc::clone(&site);
            async move { Ok::<_, Infallible>(answer(&request, &site).await) }
        });
        // Errors are ignored: the browser has closed the connection.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async { drop(connection.await) });
    }
}

type Answer = Response<Full<Bytes>>;

async fn answer<B>(request: &Request<B>, site: &Site) -> Answer {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return with_headers(StatusCode::METHOD_NOT_ALLOWED, "GET only\n", &[]);
    }
    let url = request.uri().path();
    if url == VERSION_PATH {
        let seen = request.uri().query().and_then(|query| query.strip_prefix("seen="));
        let version = site.version().other_than(seen.unwrap_or_default()).await;
        return with_headers(StatusCode::OK, version, &[(CONTENT_TYPE, mime_type("txt".as_ref()))]);
    }
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
    // The file is read whole, so that its length is sent and the page can show a download's
    // progress.
    match fs::read(&path) {
        Ok(content) => with_headers(StatusCode::OK, content, &headers),
        Err(_) => not_found(),
    }
}

/// An answer with the headers of every answer; an entry of `headers` replaces the common one of the
/// same name.
fn with_headers(
    status: StatusCode,
    body: impl Into<Bytes>,
    headers: &[(HeaderName, &str)],
) -> Answer {
    let always = [
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        // The site is public. A page in a sandboxed frame has an opaque origin, so even its own
        // files are cross-origin.
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

/// A tag that changes with every new version of a file: its size and time of writing.
fn entity_tag(metadata: &fs::Metadata) -> String {
    let written = metadata.modified().ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let written_ns = written.map_or(0, |time| time.as_nanos());
    format!("\"{:x}-{written_ns:x}\"", metadata.len())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::files;
    use crate::files::testing::TempFolder;
    use crate::site::testing::site;

    /// Sends one request by hand. Returns the head and the body of the answer.
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
    fn a_page_learns_of_another_version_when_there_is_one() {
        let folder = TempFolder::new();
        let site = site(&folder);
        let version = site.version();
        let address = start(listen(0).expect("some port is free"), site).expect("starts");
        let (head, first) = ask(&address, "GET", "/.version?seen=undefined", "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let path = format!("/.version?seen={first}");
        let second = thread::scope(|scope| {
            let asked = scope.spawn(|| ask(&address, "GET", &path, "").1);
            thread::sleep(Duration::from_millis(200));
            assert!(!asked.is_finished(), "answered without another version");
            version.raise();
            asked.join().expect("answered")
        });
        assert_ne!(second, first);
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
            // The headers must also come with the answer for a cached copy.
            let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
            let (head, _) = ask(&address, "GET", path, &format!("If-None-Match: {tag}\r\n"));
            assert!(head.starts_with("HTTP/1.1 304"), "{path}: {head}");
            assert!(has(&head, "access-control-allow-origin: *"), "{path}: {head}");
        }
    }

    /// Browsers keep several connections open at once: none may wait for the end of another.
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
            // In a server with a thread pool these connections would occupy threads, and later ones
            // would wait.
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
