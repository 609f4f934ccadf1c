import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { followJob } from "../../api/followJob";
import { isActive, newKey, useActiveTrainings, useTrain, useTrainAll, type Job } from "../../api/jobs";
import type { TrainingOptions } from "../../api/jobs";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { TrainingDock } from "./TrainingDock";
import { useTrainingToasts } from "./useTrainingToasts";

/** A user has five streams; two are left for other pages. */
const STREAMS = 3;

interface Training {
  /** The trainings that go on, newest first. */
  jobs: readonly Job[];
  /** The training of an account that goes on. */
  jobOf: (handle: string) => Job | undefined;
  /** How the account's last training that this page followed ended. */
  endingOf: (handle: string) => Job | undefined;
  train: (handle: string, options?: Omit<TrainingOptions, "key">) => void;
  trainAll: () => void;
  /** The account whose training is being asked for, `*` where that is all of them. */
  asking: string | null;
}

const TrainingContext = createContext<Training | null>(null);

export function useTraining(): Training {
  const training = use(TrainingContext);
  if (!training) throw new Error("TrainingProvider is missing");
  return training;
}

/** Trainings go on while the person looks at other screens; what they find is told wherever the person is by then. */
export function TrainingProvider({ children }: { children: ReactNode }) {
  const who = useWho();
  const mayTrain = may(who.rol, "manage") && may(who.rol, "read-forecasts");
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const [endings, setEndings] = useState<ReadonlyMap<string, Job>>(new Map());
  const keepEnding = useCallback(
    (job: Job) => setEndings((all) => (job.cuenta === null ? all : new Map(all).set(job.cuenta, job))),
    [],
  );
  const follow = useFollowing(setJobs, keepEnding);
  const active = useActiveTrainings(mayTrain).data;
  useEffect(() => active?.forEach(follow), [active, follow]);

  const { refused } = useTrainingToasts();
  const one = useTrain();
  const all = useTrainAll();
  const { mutateAsync: trainOne } = one;
  const { mutateAsync: trainEvery } = all;
  const asking = one.isPending ? one.variables.handle : all.isPending ? "*" : null;

  const value = useMemo<Training>(
    () => ({
      jobs,
      jobOf: (handle) => jobs.find((job) => job.cuenta === handle),
      endingOf: (handle) => endings.get(handle),
      train: (handle, options) => void trainOne({ handle, key: newKey(), ...options }).then(follow, refused),
      trainAll: () => void trainEvery({ key: newKey() }).then(follow, refused),
      asking,
    }),
    [jobs, endings, trainOne, trainEvery, follow, refused, asking],
  );
  return (
    <TrainingContext value={value}>
      {children}
      <TrainingDock jobs={jobs} />
    </TrainingContext>
  );
}

/** Follows each job once until it ends, and stops when the person leaves. */
function useFollowing(
  setJobs: (change: (all: readonly Job[]) => readonly Job[]) => void,
  keepEnding: (job: Job) => void,
): (job: Job) => void {
  const queries = useQueryClient();
  const toasts = useTrainingToasts();
  const ended = useRef(toasts.ended);
  useEffect(() => {
    ended.current = toasts.ended;
  });
  const followed = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const all = followed.current;
    return () => {
      for (const following of all.values()) following.abort();
      all.clear();
    };
  }, []);

  return useCallback(
    (job: Job) => {
      const all = followed.current;
      if (all.has(job.id)) return;
      const following = new AbortController();
      all.set(job.id, following);
      setJobs((now) => [job, ...now.filter((known) => known.id !== job.id)]);
      let last = job;
      const tell = (next: Job) => {
        last = next;
        setJobs((now) => now.map((known) => (known.id === next.id ? next : known)));
      };
      void followJob(job.id, tell, { signal: following.signal, isStreamed: all.size <= STREAMS }).then(() => {
        if (following.signal.aborted) return;
        all.delete(job.id);
        setJobs((now) => now.filter((known) => known.id !== job.id));
        if (isActive(last)) return;
        keepEnding(last);
        const changed =
          last.cuenta === null
            ? [["accounts"]]
            : [
                ["accounts", last.cuenta],
                ["accounts", "overview"],
              ];
        for (const queryKey of [...changed, ["jobs"]]) void queries.invalidateQueries({ queryKey });
        ended.current(last);
      });
    },
    [queries, setJobs, keepEnding],
  );
}
