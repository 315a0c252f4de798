// SPDX-License-Identifier: MIT OR Apache-2.0

//! The chart of the benchmark.

use super::Costs;
use super::report::{COMPARED, LENGTHS};
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::path::Path;

const SIZE: (u32, u32) = (900, 420);
/// The colours of [`COMPARED`], in order.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(230, 159, 0),
    RGBColor(204, 121, 167),
    RGBColor(120, 120, 120),
];

/// Draws what a request of each length costs in a long run, as an SVG file.
///
/// # Errors
///
/// The file cannot be written.
pub fn draw(costs: &Costs, kernel: &str, file: &Path) -> Result<()> {
    draw_it(costs, kernel, file).map_err(|error| anyhow!("{}: {error}", file.display()))
}

fn draw_it(
    costs: &Costs,
    kernel: &str,
    file: &Path,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let groups = i32::try_from(LENGTHS.len())?;
    let bars = i32::try_from(COMPARED.len())?;
    let step = bars + 1;
    let title = format!("Instructions for one request, in a row (Linux {kernel})");
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(70)
        .build_cartesian_2d(0..groups * step, (1_000f64..200_000f64).log_scale())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    for ((at, (name, title)), colour) in (0..).zip(COMPARED).zip(COLOURS) {
        let heights = (0..).zip(LENGTHS).filter_map(|(group, lengths)| {
            let cost = costs.instructions(&format!("{name}_long"), lengths.0, lengths.1)?;
            let left = group * step + at;
            Some(Rectangle::new(
                [(left, 1_000.0), (left + 1, cost)],
                colour.filled(),
            ))
        });
        chart
            .draw_series(heights)?
            .label(title)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    for (group, (_, _, words)) in (0..).zip(LENGTHS) {
        let middle = chart.backend_coord(&(group * step + bars / 2, 1_000.0));
        let style = ("sans-serif", 14)
            .into_text_style(&root)
            .pos(Pos::new(HPos::Center, VPos::Top));
        root.draw(&Text::new(words, (middle.0, middle.1 + 8), style))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}
