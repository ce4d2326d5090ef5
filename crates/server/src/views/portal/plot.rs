//! A plot as SVG: columns of a few counts, what went well above a line and what did not below it. Its numbers stand in a table
//! beside it, so the picture is for the eye alone and holds no text.

use std::fmt::Write as _;

use crate::language::Key;
use crate::routes::link::Link;

/// Inside the picture.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 180;

/// What is counted in a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// What it is called.
    pub title: Key,
    /// Its class in the style sheet, which says its colour.
    pub class: &'static str,
    /// Whether it stands below the line.
    pub below: bool,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its time, in words.
    pub label: String,
    /// Where more is told of it.
    pub link: Option<Link>,
    /// How much of each series.
    pub counts: Vec<i64>,
}

/// The plot, with its table.
#[derive(Clone, Debug)]
pub struct Plot {
    /// The id of its place on the page.
    pub id: &'static str,
    /// What a column is.
    pub unit: Key,
    /// What is counted.
    pub series: Vec<Series>,
    /// The columns, the first in time first.
    pub columns: Vec<Column>,
}

impl Plot {
    /// The same without the series of which nothing is counted, where they are not `kept`.
    #[must_use]
    pub fn without_empty(mut self, kept: impl Fn(&Series) -> bool) -> Plot {
        for at in (0..self.series.len()).rev() {
            let counted = self.columns.iter().any(|column| column.counts[at] != 0);
            if !counted && !kept(&self.series[at]) {
                self.series.remove(at);
                self.columns.iter_mut().for_each(|column| {
                    column.counts.remove(at);
                });
            }
        }
        self
    }

    /// How much there is of each series.
    #[must_use]
    pub fn totals(&self) -> Vec<i64> {
        let total = |at| self.columns.iter().map(|column| column.counts[at]).sum();
        (0..self.series.len()).map(total).collect()
    }

    /// Whether nothing is counted at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(|column| column.counts.iter().all(|count| *count == 0))
    }

    pub(crate) fn view_box() -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    /// The line between.
    pub(crate) fn line(&self) -> String {
        format!("M0 {}h{WIDTH}", self.base())
    }

    /// The most that a column holds above and below the line.
    fn most(&self, below: bool) -> i64 {
        let of = |column: &Column| -> i64 {
            let own = self.series.iter().zip(&column.counts).filter(|(series, _)| series.below == below);
            own.map(|(_, count)| *count).sum()
        };
        self.columns.iter().map(of).max().unwrap_or_default()
    }

    /// The most that a column holds, in words beside the picture.
    pub(crate) fn peak(&self) -> i64 {
        self.most(false).max(self.most(true))
    }

    fn all(&self) -> i64 {
        (self.most(false) + self.most(true)).max(1)
    }

    fn base(&self) -> i64 {
        match (self.most(false), self.most(true)) {
            (0, 0) => HEIGHT - 1,
            (above, _) => self.scaled(above).clamp(1, HEIGHT - 1),
        }
    }

    fn scaled(&self, count: i64) -> i64 {
        i64::try_from(i128::from(count) * i128::from(HEIGHT - 2) / i128::from(self.all())).unwrap_or(HEIGHT)
    }

    /// The outline of a series in all columns, with its class.
    pub(crate) fn outlines(&self) -> Vec<(&'static str, String)> {
        let step = WIDTH / i64::try_from(self.columns.len().max(1)).unwrap_or(WIDTH);
        let width = (step - (step / 5).max(1)).max(1);
        let outline = |at: usize| {
            let mut path = String::new();
            let mut x = (step - width) / 2;
            for column in &self.columns {
                if column.counts[at] > 0 {
                    let (from, to) = self.stands(column, at);
                    // Something is never nothing.
                    let _ = write!(path, "M{x} {from}h{width}V{to}h-{width}z");
                }
                x += step;
            }
            path
        };
        let drawn = self.series.iter().enumerate().map(|(at, series)| (series.class, outline(at)));
        drawn.filter(|(_, path)| !path.is_empty()).collect()
    }

    /// From where to where a count stands: on those of its side that come before it.
    fn stands(&self, column: &Column, at: usize) -> (i64, i64) {
        let below = self.series[at].below;
        let before = self.series.iter().zip(&column.counts).take(at).filter(|(own, _)| own.below == below);
        let before: i64 = before.map(|(_, count)| *count).sum();
        let (from, to) = (self.scaled(before), self.scaled(before + column.counts[at]));
        let to = to.max(from + 1);
        match below {
            true => (self.base() + from, self.base() + to),
            false => (self.base() - from, self.base() - to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(columns: &[[i64; 2]]) -> Plot {
        let series = |class, below| Series { title: Key("activity-day"), class, below };
        let column = |counts: &[i64; 2]| Column { label: String::new(), link: None, counts: counts.to_vec() };
        Plot {
            id: "p",
            unit: Key("activity-day"),
            series: vec![series("up", false), series("down", true)],
            columns: columns.iter().map(column).collect(),
        }
    }

    #[test]
    fn what_went_wrong_stands_below_the_line_and_both_have_one_scale() {
        let drawn = plot(&[[89, 0], [0, 89]]);
        assert_eq!(drawn.line(), "M0 89h720");
        let expected =
            [("up", "M36 89h288V0h-288z".to_owned()), ("down", "M396 89h288V178h-288z".to_owned())];
        assert_eq!(drawn.outlines(), expected);
        assert_eq!((drawn.totals(), drawn.peak()), (vec![89, 89], 89));
    }

    #[test]
    fn one_among_a_million_is_seen_and_nothing_is_no_picture() {
        let drawn = plot(&[[1_000_000, 0], [1, 0]]).outlines();
        assert!(drawn[0].1.contains("M396 178h288V177h-288z"), "{drawn:?}");
        assert_eq!(plot(&[[0, 0]]).outlines(), []);
        assert!(plot(&[[0, 0]]).is_empty() && plot(&[]).outlines().is_empty());
        assert!(plot(&[[i64::MAX / 4, i64::MAX / 4]]).outlines().len() == 2, "no count is too large");
    }

    #[test]
    fn a_series_of_which_nothing_is_counted_is_left_out_unless_it_is_kept() {
        let drawn = plot(&[[1, 0]]);
        assert_eq!(drawn.clone().without_empty(|_| true).series.len(), 2);
        let left = drawn.without_empty(|series| series.class == "up");
        assert_eq!((left.series.len(), &left.columns[0].counts), (1, &vec![1]));
    }
}
