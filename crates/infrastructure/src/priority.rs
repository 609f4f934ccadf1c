//! Priorities of threads. On Linux each thread has its own; elsewhere they stay as they are.

/// Lowers the calling thread's priority by a niceness from 0, as everything else, to 19 (`setpriority(2)`). Where that
/// fails the work is as right and only less polite.
pub(crate) fn lower(niceness: i32) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), niceness) {
        tracing::debug!(niceness, %error, "work runs at normal priority");
    }
}

/// Gives the calling thread the policy `SCHED_IDLE` (`sched(7)`): everything else on the machine goes first. It cannot
/// be taken back. Tells whether that was done.
#[must_use]
pub fn take_lowest() -> bool {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        match set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
            Ok(()) => return true,
            Err(error) => tracing::debug!(?error, "work that should give way does not"),
        }
    }
    false
}
