//! Background tasks with limits that hold.
