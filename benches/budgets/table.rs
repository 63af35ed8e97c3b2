//! What was measured, against what was promised.

/// The rows, in the order they were measured.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 4]>,
    broken: bool,
}

impl Table {
    /// A measurement that must stay below a budget.
    pub fn below(&mut self, what: &str, measured: f64, budget: f64, unit: &str) {
        let verdict = if measured < budget { "kept" } else { "BROKEN" };
        self.add(what, measured, &format!("< {budget} {unit}"), unit, verdict);
    }

    /// A measurement that must not exceed a budget.
    pub fn at_most(&mut self, what: &str, measured: f64, budget: f64, unit: &str) {
        let verdict = if measured <= budget { "kept" } else { "BROKEN" };
        self.add(what, measured, &format!("<= {budget} {unit}"), unit, verdict);
    }

    /// A measurement that is only told.
    pub fn told(&mut self, what: &str, measured: f64, unit: &str) {
        self.add(what, measured, "-", unit, "told");
    }

    /// Something that could not be measured here, for the reason given.
    pub fn skipped(&mut self, what: &str, why: &str) {
        self.rows.push([
            what.to_owned(),
            "-".to_owned(),
            "-".to_owned(),
            format!("skipped: {why}"),
        ]);
    }

    /// A story that did not come to its end.
    pub fn failed(&mut self, error: &anyhow::Error) {
        self.broken = true;
        self.rows.push([
            format!("{error:#}"),
            "-".to_owned(),
            "-".to_owned(),
            "FAILED".to_owned(),
        ]);
    }

    /// Whether every budget was kept.
    pub fn is_kept(&self) -> bool {
        !self.broken
    }

    /// Prints everything, aligned.
    pub fn print(&self) {
        let head = ["what", "measured", "budget", "verdict"].map(str::to_owned);
        let rows = std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| rows.clone().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (first, second, third) = (width(0), width(1), width(2));
        for row in rows.clone() {
            println!(
                "{:<first$}  {:>second$}  {:<third$}  {}",
                row[0], row[1], row[2], row[3]
            );
        }
    }

    fn add(&mut self, what: &str, measured: f64, budget: &str, unit: &str, verdict: &str) {
        self.broken |= verdict == "BROKEN";
        let digits = if measured.fract() == 0.0 { 0 } else { 2 };
        let measured = format!("{measured:.digits$} {unit}");
        self.rows
            .push([what.to_owned(), measured, budget.to_owned(), verdict.to_owned()]);
    }
}
