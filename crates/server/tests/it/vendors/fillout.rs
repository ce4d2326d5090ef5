//! Fillout: its acceptance cases, and the exact requests of its clients.
