// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shows the user on standard error which step takes long: a spinner or a bar on
//! a terminal, else one plain line for each step.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A long step, which ends when the value is dropped.
#[derive(Debug)]
pub struct Step {
    message: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Step {
    /// Starts a step of unknown length.
    #[must_use]
    pub fn start(message: impl Into<String>) -> Self {
        Self::new(message.into(), None)
    }

    /// Starts a step that goes through `bytes` bytes; see [`Step::reached`].
    #[must_use]
    pub fn start_bytes(message: impl Into<String>, bytes: u64) -> Self {
        let message = format!("{} ({:.1} MB)", message.into(), megabytes(bytes));
        Self::new(message, Some(bytes))
    }

    fn new(message: String, bytes: Option<u64>) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let template = if bytes.is_some() {
                "{spinner} {msg} {wide_bar} {bytes_per_sec}"
            } else {
                "{spinner} {msg} {elapsed}"
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(message.clone());
            bar.enable_steady_tick(Duration::from_millis(120));
            Some(bar)
        } else {
            eprintln!("{message} ...");
            None
        };
        Self {
            message,
            started: Instant::now(),
            bar,
        }
    }

    /// Moves the bar to `bytes`.
    pub fn reached(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        }
    }

    /// Ends the step and leaves a line that says how long it took.
    pub fn done(mut self) {
        let line = format!(
            "{}: {:.1} s",
            self.message,
            self.started.elapsed().as_secs_f64()
        );
        match self.bar.take() {
            Some(bar) => {
                bar.finish_and_clear();
                eprintln!("{line}");
            }
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// For display only, so the rounding of large numbers does not matter.
#[expect(clippy::cast_precision_loss)]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
