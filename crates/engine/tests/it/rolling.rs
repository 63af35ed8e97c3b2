//! Rolling shows, their whole life, told as stories.

mod cleaning;
mod crashing;
mod deleting;
mod enrolling;
mod expanding;
mod observing;
mod resetting;
mod scenarios;
mod story;
mod viewers;
