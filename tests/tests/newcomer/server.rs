// SPDX-License-Identifier: MIT OR Apache-2.0

//! A web server for an [`Archive`](crate::archive::Archive), which can stop in the
//! middle of a package.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Nothing takes that long: only a test that fails waits for its end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of a package that is given out by half.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Half of it is under way, and no more will come.
    Half,
    /// The other side has closed the connection.
    Closed,
    /// The other side still waited when the patience was over.
    StillOpen,
}

/// The server. The thread behind it lasts as long as the test's process.
pub(crate) struct Server {
    port: u16,
    stalls: Arc<AtomicBool>,
    /// What becomes of packages by half.
    pub(crate) events: Receiver<Event>,
}

impl Server {
    /// Gives out the files below `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stalls = Arc::new(AtomicBool::new(false));
        let (sender, events) = channel();
        let (folder, stop) = (folder.to_path_buf(), Arc::clone(&stalls));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, stop, sender) = (folder.clone(), Arc::clone(&stop), sender.clone());
                std::thread::spawn(move || serve(stream, &folder, &stop, &sender));
            }
        });
        Self {
            port,
            stalls,
            events,
        }
    }

    /// The server's address and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The archive's address.
    pub(crate) fn address(&self) -> String {
        format!("http://{}/debian", self.host())
    }

    /// Has the kernel's image given out by half, or as a whole again.
    pub(crate) fn stall(&self, stall: bool) {
        self.stalls.store(stall, Ordering::SeqCst);
    }
}

/// Answers one request; the other side is told to connect again for the next.
fn serve(stream: TcpStream, folder: &Path, stalls: &AtomicBool, events: &Sender<Event>) {
    let Some(file) = requested(&stream, folder) else {
        return;
    };
    let mut stream = stream;
    let Ok(contents) = fs::read(&file) else {
        let _ = stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        contents.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let is_image = file.to_string_lossy().contains("linux-image-6");
    if !is_image || !stalls.load(Ordering::SeqCst) {
        let _ = stream.write_all(&contents);
        return;
    }
    let _ = stream.write_all(&contents[..contents.len() / 2]);
    let _ = events.send(Event::Half);
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let end = stream.read(&mut [0]);
    let timed_out = end.as_ref().is_err_and(|error| {
        matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        )
    });
    let _ = events.send(if timed_out {
        Event::StillOpen
    } else {
        Event::Closed
    });
}

/// The file that a request names.
fn requested(stream: &TcpStream, folder: &Path) -> Option<PathBuf> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let path = first
        .split(' ')
        .nth(1)?
        .strip_prefix("/debian/")?
        .to_owned();
    // The rest of the request, up to the empty line.
    lines.find(|line| line.as_ref().map_or(true, String::is_empty));
    Some(folder.join(path))
}
