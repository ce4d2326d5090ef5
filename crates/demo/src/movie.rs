//! The movies that every training account begins with, kept in memory for each tenant.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// As many as an account may have.
const MOST_MOVIES: usize = 20;

/// A movie in an account.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Movie {
    /// Unique within the account, and never given twice.
    pub id: u32,
    /// What it is called.
    pub title: String,
}

struct Account {
    movies: Vec<Movie>,
    next: u32,
}

/// All movies, by tenant.
#[derive(Default)]
pub struct Movies(Mutex<BTreeMap<String, Account>>);

impl Movies {
    /// The movies of one account.
    #[must_use]
    pub fn all(&self, tenant: &str) -> Vec<Movie> {
        self.within(tenant, |account| account.movies.clone())
    }

    /// One of them.
    #[must_use]
    pub fn one(&self, tenant: &str, id: u32) -> Option<Movie> {
        self.all(tenant).into_iter().find(|movie| movie.id == id)
    }

    /// Adds one; `None` when the account is full.
    #[must_use]
    pub fn add(&self, tenant: &str, title: &str) -> Option<Movie> {
        self.within(tenant, |account| account.add(title))
    }

    /// Gives one another title; `None` when there is none with this number.
    #[must_use]
    pub fn rename(&self, tenant: &str, id: u32, title: &str) -> Option<Movie> {
        self.within(tenant, |account| {
            let movie = account.movies.iter_mut().find(|movie| movie.id == id)?;
            movie.title = title.to_owned();
            Some(movie.clone())
        })
    }

    /// Takes one out; `None` when there is none with this number.
    #[must_use]
    pub fn remove(&self, tenant: &str, id: u32) -> Option<Movie> {
        self.within(tenant, |account| {
            let at = account.movies.iter().position(|movie| movie.id == id)?;
            Some(account.movies.remove(at))
        })
    }

    fn within<T>(&self, tenant: &str, look: impl FnOnce(&mut Account) -> T) -> T {
        look(self.lock().entry(tenant.to_owned()).or_insert_with(Account::new))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn new() -> Account {
        let mut account = Account { movies: Vec::new(), next: 1 };
        for title in ["The Long Way Home", "Paper Boats", "Night Shift"] {
            account.add(title);
        }
        account
    }

    fn add(&mut self, title: &str) -> Option<Movie> {
        if self.movies.len() >= MOST_MOVIES {
            return None;
        }
        let movie = Movie { id: self.next, title: title.to_owned() };
        self.next += 1;
        self.movies.push(movie.clone());
        Some(movie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_keeps_its_own_movies() {
        let movies = Movies::default();
        let added = movies.add("one", "Daylight").expect("room");
        assert_eq!(movies.one("one", added.id), Some(added.clone()));
        assert_eq!(movies.all("other").len(), 3);
        assert_eq!(movies.rename("one", added.id, "Dusk").map(|movie| movie.title).as_deref(), Some("Dusk"));
        assert_eq!(movies.remove("one", added.id).map(|movie| movie.id), Some(added.id));
        assert_eq!(movies.remove("one", added.id), None);
    }

    #[test]
    fn an_account_is_full_at_some_point() {
        let movies = Movies::default();
        let added = (0..40).filter(|_| movies.add("one", "Again").is_some()).count();
        assert_eq!(added, MOST_MOVIES - 3);
    }
}
