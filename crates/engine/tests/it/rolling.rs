//! Rolling shows, their whole life, told as stories.

mod cleaning;
mod crashing;
mod deleting;
mod enrolling;
mod expanding;
mod guillotine;
mod household;
mod observing;
mod resetting;
mod ruling;
mod scenarios;
mod story;
mod viewers;
