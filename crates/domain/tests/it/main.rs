//! The rules of the domain, as tables, as the scenarios of the guide, and as properties of random households.

#![allow(clippy::unwrap_used, clippy::panic)]

mod asking;
mod baseline;
mod cleanup;
mod document;
mod enrollment;
mod growth;
mod household;
mod last_season;
mod outlook;
mod pace;
mod pressure;
mod properties;
mod reminders;
mod reset;
mod resolve;
mod rolling;
mod rules;
mod scenarios;
mod shows;
mod standard;
mod tracker;
mod tracking;
mod wanting;
mod watching;
