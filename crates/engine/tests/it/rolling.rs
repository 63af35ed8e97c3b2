//! Rolling shows, their whole life, told as stories.

mod changing;
mod cleaning;
mod crashing;
mod deleting;
mod enrolling;
mod expanding;
mod foretelling;
mod guillotine;
mod household;
mod measuring;
mod observing;
mod recalling;
mod refusing;
mod relieving;
mod resetting;
mod ruling;
mod scenarios;
mod searching;
mod story;
mod viewers;
