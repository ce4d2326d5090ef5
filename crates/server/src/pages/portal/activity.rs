//! `GET /developers/apps/{app}/activity`: what an app did by days and hours, what it was refused and why, and where it is connected.

use http::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use symbolon_oauth::time::Timestamp;
use symbolon_store::activity::{DAY, HOUR, Installs, KEPT, Refusal, Tally, What};
use symbolon_store::developed::COUNTED;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::{When, date};
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::portal::activity::{Activity, Row};
use crate::views::portal::mend;
use crate::views::portal::plot::{Column, Plot, Series};
use crate::views::portal::{Connected, Room};
use crate::visitor::sign_in;

/// Refusals on a page.
const PAGE: usize = 15;
/// Reasons on a page.
const REASONS: usize = 20;
/// Days that are shown.
const DAYS: i64 = KEPT / DAY;

/// `GET /developers/apps/{app}/activity`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let query = request.query()?;
    let find = query.get(field::FIND.name()).map(str::trim).filter(|text| !text.is_empty());
    let after = query.get(field::AFTER.name()).and_then(|id| id.parse().ok());
    let (today, app) = (day_of(own.visitor.now), own.app.client.id);
    let first = Timestamp(today.0 - (DAYS - 1) * DAY);
    let day = query.get(field::DAY.name()).and_then(written).unwrap_or(today).clamp(first, today);
    let end = Timestamp(today.0 + DAY);
    let days = state.store.activity(app, (first, end), DAY).await?;
    let hours = state.store.activity(app, (day, Timestamp(day.0 + DAY)), HOUR).await?;
    let installs = state.store.installs(app, first).await?;
    let reasons = state.store.refusal_reasons(app, first).await?;
    let mut refusals = match find {
        Some(request_id) => state.store.refusals_of_request(app, request_id).await?,
        None => state.store.refusals(app, after, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?,
    };
    let more = find.is_none() && refusals.len() > PAGE;
    refusals.truncate(PAGE);
    let here = || Address::AppActivity.link_to(&[&app.to_string()]);
    let next = refusals.last().filter(|_| more).map(|last| here().with(field::AFTER, &last.id.to_string()));
    let beside = [Timestamp(day.0 - DAY), Timestamp(day.0 + DAY)];
    let linked = |day: Timestamp| (first..=today).contains(&day).then(|| on(here(), day));
    let language = own.visitor.language;
    let page = Activity {
        site: own.visitor.site(),
        frame: own.frame(Room::Activity, None, Vec::new())?,
        days: plot(("days", Key("activity-day")), &days, (first, DAYS, DAY), |day| {
            (date(language, day), Some(on(here(), day)))
        }),
        hours: plot(("hours", Key("activity-hour")), &hours, (day, DAY / HOUR, HOUR), |hour| {
            (format!("{:02}:00", hour.since(day) / HOUR), None)
        }),
        day: date(language, day),
        beside: beside.map(linked),
        reasons: reasons
            .into_iter()
            .take(REASONS)
            .map(|(reason, count)| {
                let mend = mend::of_stored(&reason);
                (reason, count, mend)
            })
            .collect(),
        tenants: tenants(&installs),
        installs: of_installs(&installs, first, |day| date(language, day)),
        refusals: refusals.into_iter().map(|refusal| row(&own, refusal)).collect(),
        find,
        next,
        later: after.is_some(),
    };
    own.visitor.page(200, &page)
}

/// The beginning of the day of a moment, in UTC.
fn day_of(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - now.0.rem_euclid(DAY))
}

/// A day as an address names it: `2026-11-30`.
fn written(text: &str) -> Option<Timestamp> {
    let day: Date = text.parse().ok()?;
    let began = day.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp(began.timestamp().as_millisecond()))
}

/// The page of a day.
fn on(here: Link, day: Timestamp) -> Link {
    let named = jiff::Timestamp::from_millisecond(day.0).map(|at| at.to_zoned(TimeZone::UTC).date());
    match named {
        Ok(named) => here.with(field::DAY, &named.to_string()),
        Err(_) => here,
    }
}

fn series(what: What) -> Series {
    let (title, class) = match what {
        What::Authorization => (Key("activity-authorizations"), "plot-a"),
        What::Exchange => (Key("activity-exchanges"), "plot-b"),
        What::Refresh => (Key("activity-refreshes"), "plot-c"),
        What::OwnToken => (Key("activity-own-tokens"), "plot-d"),
        What::Refusal => (Key("activity-refusals"), "plot-bad"),
    };
    Series { title, class, below: what == What::Refusal }
}

/// What was counted, in `count` columns of `width` from `first` on. What hardly any app does is left out where it is nothing.
fn plot(
    (id, unit): (&'static str, Key),
    tallies: &[Tally],
    (first, count, width): (Timestamp, i64, i64),
    named: impl Fn(Timestamp) -> (String, Option<Link>),
) -> Plot {
    let column = |number: i64| {
        let from = Timestamp(first.0 + number * width);
        let (label, link) = named(from);
        let of = |what| {
            let found = tallies.iter().find(|tally| tally.from == from && tally.what == what);
            found.map_or(0, |tally| tally.counted)
        };
        Column { label, link, counts: What::ALL.into_iter().map(of).collect() }
    };
    let (series, columns) = (What::ALL.map(series).to_vec(), (0..count).map(column).collect());
    Plot { id, unit, series, columns }.without_empty(|own| own.title != Key("activity-own-tokens"))
}

fn tenants(installs: &Installs) -> Connected {
    let count = usize::try_from(installs.connected.min(COUNTED)).unwrap_or_default();
    Connected { count, more: installs.connected > COUNTED }
}

fn of_installs(installs: &Installs, first: Timestamp, named: impl Fn(Timestamp) -> String) -> Plot {
    let column = |number: i64| {
        let day = Timestamp(first.0 + number * DAY);
        let of = |days: &[(Timestamp, i64)]| {
            days.iter().find(|(own, _)| *own == day).map_or(0, |(_, counted)| *counted)
        };
        Column { label: named(day), link: None, counts: vec![of(&installs.given), of(&installs.ended)] }
    };
    let series = |title, class, below| Series { title, class, below };
    Plot {
        id: "installs",
        unit: Key("activity-day"),
        series: vec![
            series(Key("activity-connected"), "plot-a", false),
            series(Key("activity-disconnected"), "plot-bad", true),
        ],
        columns: (0..DAYS).map(column).collect(),
    }
}

fn row(own: &Own<'_>, refusal: Refusal) -> Row {
    let Refusal { at, endpoint, code, reason, request_id, .. } = refusal;
    let when = When::new(own.visitor.language, own.visitor.now, at);
    Row { when, endpoint, code, mend: mend::of_stored(&reason), reason, request_id }
}
