//! Exported generators: read again, and run in their own frameworks.

mod cases;
mod frameworks;
mod roundtrips;
