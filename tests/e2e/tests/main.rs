//! Stories through signed HTTP in and simulators out, with real guests, and rules about the code.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod access;
mod action;
mod audit;
mod board;
mod browser;
mod builder;
mod bulk;
mod cancel;
mod clients;
mod connect;
mod crash;
mod directory;
mod disconnect;
mod export;
mod languages;
mod offered;
mod okta;
mod outside;
mod people;
mod person;
mod policies;
mod salesforce;
mod screen;
mod sessions;
mod share;
mod sign_in;
mod tidy;
