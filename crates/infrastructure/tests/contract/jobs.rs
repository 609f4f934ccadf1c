//! The queue of jobs: each is done once, whoever dies, and no company keeps another one waiting.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::jobs::train_task;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::jobs::{
    Claim, ClaimedJob, Ending, Hold, JobFilter, JobQueue, JobTask, Lane, Lease, NewJob,
};
use atalaya_application::ports::retention::Expiring;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::access::TenantScope;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::forecast::{GridChoice, Metric, MetricWeights, ModelId};
use atalaya_domain::id::{JobId, ModelVersion, UserId};
use atalaya_domain::job::{Job, JobFailure, JobKind, JobState, Parts, Priority, Progress};
use atalaya_domain::mandate::Attribution;
use atalaya_domain::user::Username;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::support::*;

const DONE: Ending = Ending::Succeeded { version: None };

fn id(number: u128) -> JobId {
    JobId::new(Uuid::from_u128(number))
}

fn command() -> TrainCommand {
    TrainCommand {
        models: vec![ModelId::Linear],
        weights: MetricWeights::new(vec![(Metric::Mase, 0.1), (Metric::R2, 1.0 / 3.0)]).unwrap(),
        grid: Some(GridChoice::Day),
        covariates: None,
    }
}

fn requested_by() -> Attribution {
    let actor = AuditActor::User { id: UserId::new(7), name: Username::parse("ana").unwrap() };
    Attribution { actor, origin: Origin { address: "203.0.113.9".parse().ok(), request_id: Some("r1".to_owned()) } }
}

/// A job to train `account-NUMBER`.
fn training(number: u128, turn: u32) -> NewJob {
    NewJob {
        id: id(number),
        parent: None,
        task: train_task(handle(&format!("account-{number}")), &command()).unwrap(),
        requested_by: requested_by(),
        priority: Priority::Bulk,
        turn,
        at: start(),
    }
}

fn part(number: u128, whole: JobId) -> NewJob {
    NewJob { parent: Some(whole), ..training(number, u32::try_from(number).unwrap()) }
}

fn whole(number: u128) -> NewJob {
    let job = training(number, 0);
    let task = JobTask { kind: JobKind::TrainAll, account: None, ..job.task };
    NewJob { task, ..job }
}

fn recurring(number: u128, kind: JobKind) -> NewJob {
    let requested_by = Attribution::system();
    let task = JobTask::plain(kind);
    NewJob { task, requested_by, priority: Priority::Scheduled, ..training(number, 0) }
}

fn claim(lane: Lane, at: DateTime<Utc>) -> Claim {
    let kinds = JobKind::ALL.iter().copied().filter(|kind| Lane::of(*kind) == lane).collect();
    Claim { lane, kinds, at, lease: TimeDelta::seconds(30), most: 1_000, attempts: 3, longest_wait: TimeDelta::days(1) }
}

fn lost(refused: Result<(), AppError>) {
    let refused = refused.err();
    assert!(matches!(refused, Some(AppError::Unavailable { part: Part::Jobs, .. })), "{refused:?}");
}

impl World {
    fn queue(&self) -> &dyn JobQueue {
        self.database.as_ref()
    }

    fn store_jobs(&self, scope: &TenantScope, jobs: &[NewJob]) {
        self.write(scope, |unit| unit.jobs().insert(jobs)).unwrap();
    }

    fn take(&self, lane: Lane, at: DateTime<Utc>) -> Option<ClaimedJob> {
        self.queue().claim(&claim(lane, at)).unwrap()
    }

    fn take_training(&self) -> Lease {
        self.take(Lane::Training, start()).unwrap().lease
    }

    fn job(&self, scope: &TenantScope, id: JobId) -> Job {
        self.database.store().query(scope, |view| view.jobs().find(id)).unwrap().unwrap()
    }

    fn finish(&self, scope: &TenantScope, lease: &Lease) -> Result<(), AppError> {
        self.write(scope, |unit| unit.jobs().finish(lease, &DONE, start()))
    }

    /// A job of two parts, 1 and 2, which waits for them.
    fn whole_of_two(&self, scope: &TenantScope) -> JobId {
        self.store_jobs(scope, &[whole(100)]);
        let lease = self.take(Lane::Housekeeping, start()).unwrap().lease;
        self.write(scope, |unit| {
            unit.jobs().add_parts(&lease, &[part(1, lease.job), part(2, lease.job)])?;
            unit.jobs().await_parts(&lease, start())
        })
        .unwrap();
        lease.job
    }
}

pub(crate) fn of_twenty_processes_that_take_at_once_each_job_goes_to_one(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let companies = [world.company("BCP"), world.company("BBVA")];
    for (first, company) in (0..).step_by(100).zip(&companies) {
        let jobs: Vec<NewJob> = (0..30).map(|turn| training(first + u128::from(turn), turn)).collect();
        world.store_jobs(company, &jobs);
    }
    let processes: Vec<World> = (0..20).map(|_| World::opened(fixture)).collect();
    let taken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for process in &processes {
            let taken = &taken;
            scope.spawn(move || {
                while let Some(job) = process.take(Lane::Training, start()) {
                    assert_eq!(job.lease.attempt, 1);
                    taken.lock().unwrap().push(job.lease.job);
                }
            });
        }
    });
    // Whoever looked while another one took may have found nothing more to take; what is left is taken now.
    let mut taken = taken.into_inner().unwrap();
    while let Some(job) = world.take(Lane::Training, start()) {
        taken.push(job.lease.job);
    }
    let different: BTreeSet<JobId> = taken.iter().copied().collect();
    assert_eq!((taken.len(), different.len()), (60, 60));
}

pub(crate) fn whoever_lost_a_job_cannot_store_its_effect(fixture: &dyn Fixture) {
    let (here, there) = (World::new(fixture), World::opened(fixture));
    let company = here.company("BCP");
    let account = here.account(&company, "account-1");
    here.store_jobs(&company, &[training(1, 0)]);
    let first = here.take(Lane::Training, start()).unwrap();
    assert_eq!(first.task, training(1, 0).task);
    assert_eq!(first.requested_by, requested_by());
    assert!(there.take(Lane::Training, start() + TimeDelta::seconds(29)).is_none());
    let progress = Progress { done: 3, total: 9 };
    let until = start() + TimeDelta::seconds(60);
    assert_eq!(here.queue().renew(&first.lease, progress, until).unwrap(), Hold::Held);
    assert_eq!(there.job(&company, id(1)).progress, progress);
    assert!(there.take(Lane::Training, start() + TimeDelta::seconds(59)).is_none());
    let second = there.take(Lane::Training, until).unwrap();
    assert_eq!((second.lease.job, second.lease.attempt), (id(1), 2));

    assert_eq!(here.queue().renew(&first.lease, progress, until).unwrap(), Hold::Lost);
    let upload = |world: &World, lease: &Lease, minute| {
        world.write(&company, |unit| {
            unit.observations().upsert(&account, &[observation(minute, 1)])?;
            unit.jobs().finish(lease, &Ending::Succeeded { version: Some(ModelVersion::FIRST) }, start())
        })
    };
    lost(upload(&here, &first.lease, 1));
    here.queue().put_back(&first.lease, start(), true).unwrap();
    here.queue().end(&first.lease, &Ending::Failed(JobFailure::Internal), start()).unwrap();
    upload(&there, &second.lease, 2).unwrap();
    lost(upload(&there, &second.lease, 3));
    assert_eq!(here.observations(&company, &account), [observation(2, 1)]);
    let job = here.job(&company, id(1));
    assert_eq!((job.state, job.version, job.attempts), (JobState::Succeeded, Some(ModelVersion::FIRST), 2));
    assert_eq!((job.started_at, job.finished_at, job.failure), (Some(start()), Some(start()), None));
}

pub(crate) fn a_job_that_is_lost_again_and_again_is_given_up(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[training(1, 0)]);
    let mut now = start();
    for attempt in 1..=3 {
        assert_eq!(world.take(Lane::Training, now).unwrap().lease.attempt, attempt);
        now += TimeDelta::seconds(30);
    }
    assert!(world.take(Lane::Training, now).is_none());
    let job = world.job(&company, id(1));
    assert_eq!((job.state, job.failure), (JobState::Failed, Some(JobFailure::Unavailable)));
}

pub(crate) fn companies_take_turns(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (first, second) = (world.company("BCP"), world.company("BBVA"));
    world.store_jobs(&first, &(0..4).map(|turn| training(u128::from(turn), turn)).collect::<Vec<_>>());
    world.store_jobs(&second, &(0..2).map(|turn| training(10 + u128::from(turn), turn)).collect::<Vec<_>>());
    let order: Vec<JobId> = (0..6).map(|_| world.take_training().job).collect();
    assert_eq!(order, [0, 10, 1, 11, 2, 3].map(id));
}

pub(crate) fn what_somebody_waits_for_goes_first(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let with = |number, priority| NewJob { priority, ..training(number, 0) };
    world.store_jobs(
        &company,
        &[with(1, Priority::Scheduled), with(2, Priority::Bulk), with(3, Priority::Waited), with(4, Priority::Waited)],
    );
    let order: Vec<JobId> = (0..4).map(|_| world.take_training().job).collect();
    assert_eq!(order, [3, 4, 2, 1].map(id));
}

pub(crate) fn a_process_works_on_no_more_of_a_company_than_it_may(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (first, second) = (world.company("BCP"), world.company("BBVA"));
    world.store_jobs(&first, &(0..20).map(|turn| training(u128::from(turn), turn)).collect::<Vec<_>>());
    let two = Claim { most: 2, ..claim(Lane::Training, start()) };
    let taken = thread::scope(|scope| {
        let takers: Vec<_> = (0..8).map(|_| scope.spawn(|| world.queue().claim(&two).unwrap())).collect();
        takers.into_iter().filter_map(|taker| taker.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(taken.len(), 2);
    assert!(world.queue().claim(&two).unwrap().is_none());
    world.store_jobs(&second, &[training(100, 5)]);
    assert_eq!(world.queue().claim(&two).unwrap().unwrap().lease.company, Some(second.company()));
    world.finish(&first, &taken[0].lease).unwrap();
    assert_eq!(world.queue().claim(&two).unwrap().unwrap().lease.company, Some(first.company()));
}

pub(crate) fn every_process_works_on_as_many_of_a_company_as_it_may(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (first, second) = (world.company("BCP"), world.company("BBVA"));
    world.store_jobs(&first, &(0..20).map(|turn| training(u128::from(turn), turn)).collect::<Vec<_>>());
    let one = Claim { most: 1, ..claim(Lane::Training, start()) };
    let processes: Vec<World> = (0..3).map(|_| World::opened(fixture)).collect();
    let take = |process: &World| process.queue().claim(&one).unwrap().map(|job| job.lease);
    let taken: Vec<Lease> = processes.iter().filter_map(take).collect();
    assert_eq!(taken.iter().map(|lease| lease.job).collect::<Vec<_>>(), [0, 1, 2].map(id));
    assert!(processes.iter().all(|process| take(process).is_none()));
    // Another company is not kept waiting by any of them.
    world.store_jobs(&second, &[training(100, 0), training(101, 1)]);
    assert_eq!(take(&processes[2]).unwrap().job, id(100));
    assert_eq!(take(&processes[0]).unwrap().job, id(101));
    world.finish(&first, &taken[1]).unwrap();
    assert!(take(&processes[0]).is_none());
    assert_eq!(take(&processes[1]).unwrap().job, id(3));
}

/// Looks for a job so often that a process whose lock is missing would be taken for gone.
fn looks_in_vain(process: &World) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        assert!(process.take(Lane::Training, start()).is_none());
        thread::sleep(Duration::from_millis(100));
    }
}

pub(crate) fn the_job_of_a_process_that_is_gone_is_taken_before_its_lease_is_over(fixture: &dyn Fixture) {
    let (here, there) = (World::new(fixture), World::opened(fixture));
    let company = here.company("BCP");
    here.store_jobs(&company, &[training(1, 0)]);
    let shown = here.database.show_presence().unwrap();
    let first = here.take_training();
    looks_in_vain(&there);
    // In a file nobody sees of another process whether it is there.
    let Some(shown) = shown else { return };
    drop(shown);
    let begun = Instant::now();
    let second = loop {
        if let Some(job) = there.take(Lane::Training, start()) {
            break job.lease;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "the job of the process that is gone was not taken");
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!((second.job, second.attempt), (first.job, 2));
    // It was only taken for gone: nothing that it does counts.
    lost(here.finish(&company, &first));
    there.finish(&company, &second).unwrap();
}

pub(crate) fn a_process_that_shows_nothing_is_not_taken_for_gone(fixture: &dyn Fixture) {
    let (here, there) = (World::new(fixture), World::opened(fixture));
    let company = here.company("BCP");
    here.store_jobs(&company, &[training(1, 0)]);
    let first = here.take_training();
    looks_in_vain(&there);
    here.finish(&company, &first).unwrap();
}

pub(crate) fn a_job_that_failed_comes_back_when_it_is_due(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[training(1, 0)]);
    let later = start() + TimeDelta::seconds(5);
    let first = world.take_training();
    world.queue().put_back(&first, later, false).unwrap();
    assert_eq!(world.job(&company, id(1)).state, JobState::Queued);
    assert!(world.take(Lane::Training, start()).is_none());
    let second = world.take(Lane::Training, later).unwrap().lease;
    assert_eq!(second.attempt, 2);
    world.queue().put_back(&second, later, true).unwrap();
    let third = world.take(Lane::Training, later).unwrap().lease;
    assert_eq!(third.attempt, 2, "a forgiven attempt does not count");
    world.queue().end(&third, &Ending::Failed(JobFailure::InsufficientData { found: 2, needed: 9 }), later).unwrap();
    let job = world.job(&company, id(1));
    assert_eq!(job.failure, Some(JobFailure::InsufficientData { found: 2, needed: 9 }));
    assert_eq!((job.state, job.finished_at), (JobState::Failed, Some(later)));
}

pub(crate) fn a_job_made_of_others_ends_with_the_last_of_them(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let whole = world.whole_of_two(&company);
    let stand = || {
        let job = world.job(&company, whole);
        (job.state, job.progress, job.parts.unwrap())
    };
    let waiting = Parts { queued: 2, ..Parts::default() };
    assert_eq!(stand(), (JobState::Running, Progress { done: 0, total: 2 }, waiting));
    assert!(world.take(Lane::Housekeeping, start() + TimeDelta::days(1)).is_none(), "it waits without a lease");
    let first = world.take_training();
    world.queue().end(&first, &Ending::Failed(JobFailure::AccountGone), start()).unwrap();
    let half = Parts { queued: 1, failed: 1, ..Parts::default() };
    assert_eq!(stand(), (JobState::Running, Progress { done: 1, total: 2 }, half));
    let second = world.take_training();
    world.finish(&company, &second).unwrap();
    let all = Parts { succeeded: 1, failed: 1, ..Parts::default() };
    assert_eq!(stand(), (JobState::Succeeded, Progress { done: 2, total: 2 }, all));
    assert_eq!(world.job(&company, whole).finished_at, Some(start()));
}

pub(crate) fn parts_that_end_at_once_end_the_whole_once(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    for round in 0..5 {
        let number = 1_000 * (round + 1);
        world.store_jobs(&company, &[whole(number)]);
        let lease = world.take(Lane::Housekeeping, start()).unwrap().lease;
        let parts: Vec<NewJob> = (1..=4).map(|index| part(number + index, lease.job)).collect();
        world.write(&company, |unit| unit.jobs().add_parts(&lease, &parts)).unwrap();
        let leases: Vec<Lease> = (0..4).map(|_| world.take_training()).collect();
        thread::scope(|scope| {
            scope.spawn(|| world.write(&company, |unit| unit.jobs().await_parts(&lease, start())).unwrap());
            for (index, lease) in leases.iter().enumerate() {
                let (world, company) = (&world, &company);
                scope.spawn(move || {
                    if index % 2 == 0 {
                        world.finish(company, lease).unwrap();
                    } else {
                        world.queue().end(lease, &Ending::Failed(JobFailure::Internal), start()).unwrap();
                    }
                });
            }
        });
        assert_eq!(world.job(&company, lease.job).state, JobState::Succeeded, "round {round}");
    }
}

pub(crate) fn parts_are_stored_by_whoever_holds_the_job_only(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[whole(100)]);
    let first = world.take(Lane::Housekeeping, start()).unwrap().lease;
    world.write(&company, |unit| unit.jobs().add_parts(&first, &[part(1, first.job)])).unwrap();
    let later = start() + TimeDelta::minutes(1);
    let second = world.take(Lane::Housekeeping, later).unwrap().lease;
    lost(world.write(&company, |unit| unit.jobs().add_parts(&first, &[part(2, first.job)])));
    lost(world.write(&company, |unit| unit.jobs().await_parts(&first, later)));
    let last = world.write(&company, |unit| unit.jobs().last_part(second.job)).unwrap();
    assert_eq!(last, Some((handle("account-1"), 1)));
    let part_of = |parent| JobFilter { parent: Some(parent), state: None };
    let request = PageRequest::new(None, 10);
    let parts = world.database.store().query(&company, |view| view.jobs().page(&part_of(first.job), &request));
    assert_eq!(parts.unwrap().items.iter().map(|part| part.id).collect::<Vec<_>>(), [id(1)]);
    let other = world.company("BBVA");
    lost(world.write(&other, |unit| unit.jobs().add_parts(&second, &[])));
}

pub(crate) fn what_is_called_off_is_not_done(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let whole = world.whole_of_two(&company);
    let running = world.take_training();
    let job = world.write(&company, |unit| unit.jobs().cancel(whole, start())).unwrap().unwrap();
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(job.parts, Some(Parts { cancelled: 2, ..Parts::default() }));
    assert_eq!(world.queue().renew(&running, Progress::default(), start()).unwrap(), Hold::Lost);
    lost(world.finish(&company, &running));
    world.queue().put_back(&running, start(), true).unwrap();
    assert!(world.take(Lane::Training, start() + TimeDelta::days(1)).is_none());

    world.store_jobs(&company, &[training(5, 0)]);
    let job = world.write(&company, |unit| unit.jobs().cancel(id(5), start())).unwrap().unwrap();
    assert_eq!((job.state, job.finished_at), (JobState::Cancelled, Some(start())));
    assert!(world.take(Lane::Training, start()).is_none());
}

pub(crate) fn a_job_that_ended_stays_as_it_is(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let whole = world.whole_of_two(&company);
    world.finish(&company, &world.take_training()).unwrap();
    let cancel = |id| world.write(&company, |unit| unit.jobs().cancel(id, start() + TimeDelta::days(1))).unwrap();
    assert_eq!(cancel(id(1)).unwrap().state, JobState::Succeeded);
    assert_eq!(cancel(id(2)).unwrap().state, JobState::Cancelled);
    let ended = world.job(&company, whole);
    assert_eq!(ended.state, JobState::Succeeded, "the last part that is called off ends the whole");
    assert_eq!(cancel(whole).unwrap(), ended);
    assert_eq!(cancel(id(77)), None);
}

pub(crate) fn another_companys_jobs_are_invisible(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    let whole = world.whole_of_two(&ours);
    let lease = world.take_training();
    let store = world.database.store();
    for job in [whole, id(1), id(2)] {
        assert_eq!(store.query(&theirs, |view| view.jobs().find(job)).unwrap(), None);
        assert_eq!(world.write(&theirs, |unit| unit.jobs().cancel(job, start())).unwrap(), None);
    }
    let request = PageRequest::new(None, 10);
    for parent in [None, Some(whole)] {
        let filter = JobFilter { parent, state: None };
        assert!(store.query(&theirs, |view| view.jobs().page(&filter, &request)).unwrap().items.is_empty());
    }
    assert_eq!(store.query(&theirs, |view| view.jobs().unfinished(JobKind::TrainAll)).unwrap(), None);
    assert_eq!(store.query(&theirs, |view| view.jobs().count_unfinished()).unwrap(), 0);
    assert_eq!(store.query(&theirs, |view| view.jobs().last_part(whole)).unwrap(), None);
    lost(world.finish(&theirs, &lease));
    let foreign = world.write(&theirs, |unit| unit.jobs().insert(&[part(9, whole)]));
    assert!(foreign.is_err(), "a part of another company's job was stored");
    assert_eq!(world.job(&ours, id(1)).state, JobState::Running);
}

pub(crate) fn a_recurring_job_is_one_row_that_comes_back(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let processes: Vec<World> = (0..8).map(|_| World::opened(fixture)).collect();
    thread::scope(|scope| {
        for (number, process) in (0..).zip(&processes) {
            scope.spawn(move || {
                process.queue().establish(&recurring(number, JobKind::Prune)).unwrap();
                process.queue().establish(&recurring(50 + number, JobKind::MaintainKeys)).unwrap();
            });
        }
    });
    let mut taken = Vec::new();
    while let Some(job) = world.take(Lane::Housekeeping, start()) {
        taken.push(job);
    }
    let kinds: BTreeSet<&str> = taken.iter().map(|job| job.task.kind.as_str()).collect();
    assert_eq!((taken.len(), kinds), (2, BTreeSet::from(["maintain_keys", "prune"])));
    let tomorrow = start() + TimeDelta::days(1);
    world.queue().put_back(&taken[0].lease, tomorrow, true).unwrap();
    world.queue().establish(&recurring(99, taken[0].task.kind)).unwrap();
    assert!(world.take(Lane::Housekeeping, start()).is_none());
    // Whoever dies over it any number of times does not end it.
    for attempt in 2..10 {
        let at = tomorrow + TimeDelta::hours(attempt);
        let both: Vec<_> = (0..3).filter_map(|_| world.take(Lane::Housekeeping, at)).collect();
        assert_eq!(both.len(), 2);
    }
}

pub(crate) fn jobs_are_listed_newest_first(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.whole_of_two(&company);
    world.store_jobs(&company, &[training(101, 0), training(102, 0), training(103, 0)]);
    let page = |filter: JobFilter, after, limit| {
        let request = PageRequest::new(after, limit);
        let page = world.database.store().query(&company, |view| view.jobs().page(&filter, &request)).unwrap();
        (page.items.iter().map(|job| job.id).collect::<Vec<_>>(), page.next)
    };
    let all = JobFilter::default();
    assert_eq!(page(all, None, 3), ([103, 102, 101].map(id).to_vec(), Some(id(101))));
    assert_eq!(page(all, Some(id(101)), 3), (vec![id(100)], None));
    assert_eq!(page(JobFilter { parent: Some(id(100)), state: None }, None, 3), (vec![id(2), id(1)], None));
    assert_eq!(page(JobFilter { parent: None, state: Some(JobState::Running) }, None, 3), (vec![id(100)], None));
    let job = world.job(&company, id(103));
    assert_eq!((job.asked_by.as_str(), job.account, job.parts), ("ana", Some(handle("account-103")), None));
}

pub(crate) fn what_waits_is_counted_as_people_asked_for_it(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let count = || world.database.store().query(&company, |view| view.jobs().count_unfinished()).unwrap();
    let whole = world.whole_of_two(&company);
    let scheduled = NewJob { priority: Priority::Scheduled, ..training(5, 0) };
    world.store_jobs(&company, &[training(4, 0), scheduled]);
    assert_eq!(count(), 2);
    let unfinished = world.database.store().query(&company, |view| view.jobs().unfinished(JobKind::TrainAll)).unwrap();
    assert_eq!(unfinished.map(|job| job.id), Some(whole));
    world.write(&company, |unit| unit.jobs().cancel(whole, start())).unwrap();
    assert_eq!(count(), 1);
    let unfinished = world.database.store().query(&company, |view| view.jobs().unfinished(JobKind::TrainAll)).unwrap();
    assert_eq!(unfinished, None);
}

pub(crate) fn a_job_that_cannot_be_read_keeps_no_other_from_being_taken(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[training(1, 0), training(2, 1), training(3, 2)]);
    fixture.execute(&format!("UPDATE jobs SET kind = 'of a later program' WHERE id = '{}'", id(1).get()));
    fixture.execute(&format!("UPDATE jobs SET command = '{{' WHERE id = '{}'", id(2).get()));
    assert!(world.take(Lane::Training, start()).is_none());
    assert_eq!(world.take(Lane::Training, start()).unwrap().lease.job, id(3));
    let job = world.job(&company, id(2));
    assert_eq!((job.state, job.failure), (JobState::Failed, Some(JobFailure::Internal)));
    fixture.execute(&format!("UPDATE jobs SET kind = 'train' WHERE id = '{}'", id(1).get()));
    assert_eq!(world.job(&company, id(1)).state, JobState::Queued, "it waits for a program that knows it");
}

pub(crate) fn a_lost_job_of_a_later_program_is_left_to_it(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[training(1, 0)]);
    world.queue().establish(&recurring(2, JobKind::Prune)).unwrap();
    let _ = world.take_training();
    let _ = world.take(Lane::Housekeeping, start()).unwrap();
    let rename = |number, kind: &str| {
        fixture.execute(&format!("UPDATE jobs SET kind = '{kind}' WHERE id = '{}'", id(number).get()));
    };
    rename(1, "train_better");
    rename(2, "prune_better");
    let mut now = start();
    for _ in 0..5 {
        now += TimeDelta::hours(1);
        assert!(world.take(Lane::Training, now).is_none());
        assert!(world.take(Lane::Housekeeping, now).is_none());
    }
    rename(1, "train");
    rename(2, "prune");
    assert_eq!(world.take(Lane::Training, now).unwrap().lease.attempt, 2);
    assert_eq!(world.take(Lane::Housekeeping, now).unwrap().lease.attempt, 2);
}

pub(crate) fn a_recurring_job_never_ends_for_good(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let prune = recurring(1, JobKind::Prune);
    world.queue().establish(&prune).unwrap();
    fixture.execute("UPDATE jobs SET actor = 'of a later program' WHERE kind = 'prune'");
    assert!(world.take(Lane::Housekeeping, start()).is_none());
    fixture.execute("UPDATE jobs SET actor = 'system' WHERE kind = 'prune'");
    assert!(world.take(Lane::Housekeeping, start()).is_none(), "it rests");
    let later = start() + TimeDelta::minutes(1);
    let lease = world.take(Lane::Housekeeping, later).unwrap().lease;

    world.queue().end(&lease, &Ending::Failed(JobFailure::Internal), later).unwrap();
    assert!(world.take(Lane::Housekeeping, later + TimeDelta::hours(1)).is_none());
    world.queue().establish(&recurring(2, JobKind::Prune)).unwrap();
    let revived = world.take(Lane::Housekeeping, later).unwrap();
    assert_eq!((revived.lease.job, revived.lease.attempt, revived.task), (prune.id, 1, prune.task));
}

pub(crate) fn the_jobs_of_a_suspended_company_wait_until_it_is_resumed(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (suspended, other) = (world.company("BCP"), world.company("BBVA"));
    world.store_jobs(&suspended, &[training(1, 0), training(2, 1)]);
    world.store_jobs(&other, &[training(11, 5)]);
    assert_eq!(world.take_training().job, id(1));
    let set_active = |active: &str| {
        let company = suspended.company().get();
        fixture.execute(&format!("UPDATE companies SET active = {active} WHERE id = {company}"));
    };
    set_active("FALSE");
    let later = start() + TimeDelta::minutes(1);
    assert_eq!(world.take(Lane::Training, later).unwrap().lease.job, id(11));
    assert!(world.take(Lane::Training, later).is_none(), "neither what waits nor what was lost is taken");
    set_active("TRUE");
    let order: Vec<_> = (0..2).map(|_| world.take(Lane::Training, later).unwrap().lease).collect();
    assert_eq!(order.iter().map(|lease| (lease.job, lease.attempt)).collect::<Vec<_>>(), [(id(1), 2), (id(2), 1)]);
}

pub(crate) fn what_ended_well_is_all_done(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.store_jobs(&company, &[training(1, 0), training(2, 1), training(3, 2)]);
    let noted = Progress { done: 440, total: 441 };
    let (well, badly) = (world.take_training(), world.take_training());
    for lease in [&well, &badly] {
        world.queue().renew(lease, noted, start() + TimeDelta::seconds(60)).unwrap();
    }
    world.finish(&company, &well).unwrap();
    world.queue().end(&badly, &Ending::Failed(JobFailure::Internal), start()).unwrap();
    assert_eq!(world.job(&company, id(1)).progress, Progress { done: 441, total: 441 });
    assert_eq!(world.job(&company, id(2)).progress, noted);
    let short = world.take_training();
    world.finish(&company, &short).unwrap();
    assert_eq!(world.job(&company, id(3)).progress, Progress { done: 1, total: 1 }, "it noted no steps");
}

pub(crate) fn parts_lost_again_and_again_end_while_the_whole_is_called_off(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    for round in 0..5_u128 {
        let number = 1_000 * (round + 1);
        world.store_jobs(&company, &[whole(number)]);
        let lease = world.take(Lane::Housekeeping, start()).unwrap().lease;
        let parts: Vec<NewJob> = (1..=8).map(|index| part(number + index, lease.job)).collect();
        world.write(&company, |unit| unit.jobs().add_parts(&lease, &parts)).unwrap();
        world.write(&company, |unit| unit.jobs().await_parts(&lease, start())).unwrap();
        let once = Claim { attempts: 1, ..claim(Lane::Training, start()) };
        while world.queue().claim(&once).unwrap().is_some() {}
        let over = Claim { at: start() + TimeDelta::minutes(1), ..once };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert_eq!(world.queue().claim(&over).unwrap(), None));
            }
            scope.spawn(|| world.write(&company, |unit| unit.jobs().cancel(lease.job, start())).unwrap());
        });
        assert!(world.job(&company, lease.job).state.is_final(), "round {round}");
        let parts = world.job(&company, lease.job).parts.unwrap();
        assert_eq!((parts.failed + parts.cancelled, parts.running), (8, 0), "round {round}");
    }
}

pub(crate) fn jobs_are_pruned_thirty_days_after_their_end(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.whole_of_two(&company);
    world.store_jobs(&company, &[training(4, 0), training(5, 9)]);
    for _ in 0..3 {
        world.finish(&company, &world.take_training()).unwrap();
    }
    let month = start() + TimeDelta::days(30);
    assert_eq!(world.prune(Expiring::Jobs, month), 0);
    assert_eq!(world.prune(Expiring::Jobs, month + TimeDelta::seconds(1)), 4);
    assert_eq!(world.job(&company, id(5)).state, JobState::Queued);
}

pub(crate) fn accounts_whose_model_has_aged_are_asked_for_once(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let accounts = ["aged", "asked", "idle", "untrained"].map(|name| world.account(&company, name));
    world
        .write(&company, |unit| {
            for account in &accounts {
                // A version's data end at the start.
                let minute = if account.handle.as_str() == "idle" { 0 } else { 60 };
                unit.observations().upsert(account, &[observation(minute, 1)])?;
                if account.handle.as_str() != "untrained" {
                    unit.models().insert_active(account, &model(b"a"))?;
                }
            }
            Ok(())
        })
        .unwrap();
    let account = |number, name| NewJob {
        task: train_task(handle(name), &TrainCommand::default()).unwrap(),
        ..training(number, 0)
    };
    world.store_jobs(&company, &[account(1, "asked")]);
    let week = start() + TimeDelta::days(7);
    let due = |aged, quiet| {
        world
            .database
            .store()
            .query(&company, |view| view.jobs().to_retrain(aged, quiet, start() + TimeDelta::days(365), 10))
            .unwrap()
    };
    assert!(due(start(), week).is_empty(), "the models are not older than themselves");
    assert_eq!(due(week, week), [handle("aged")]);
    world.finish(&company, &world.take_training()).unwrap();
    assert_eq!(due(week, start()), [handle("aged")], "it was asked for lately");
    assert_eq!(due(week, week), [handle("aged"), handle("asked")]);
    world.store_jobs(&company, &[account(2, "aged")]);
    assert_eq!(due(week, week), [handle("asked")]);
}
