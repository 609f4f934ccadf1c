import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "wouter";
import type { Job } from "../../api/jobs";
import { metricsQuery } from "../../api/models";
import { Problem, SignedOut } from "../../api/problem";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";
import { againstBaseline, decimalsOf } from "./verdict";

/** Tells whoever asked how a training ended, on whatever screen they are. */
export function useTrainingToasts(): { ended: (job: Job) => void; refused: (error: unknown) => void } {
  const t = useText();
  const show = useToast();
  const format = useFormat();
  const queries = useQueryClient();
  const me = useWho().username;

  return useMemo(() => {
    const words = t.training;

    // What was found is a courtesy: that the training ended is told also where it cannot be read.
    const errorOf = async (handle: string, version: number) => {
      const metrics = await queries.fetchQuery(metricsQuery(handle, version)).catch(() => null);
      return metrics && againstBaseline(metrics);
    };
    const found = async (handle: string, version: number | null) => {
      const now = version === null ? null : await errorOf(handle, version);
      const earlier = (version ?? 1) - 1;
      const before = earlier > 0 ? await errorOf(handle, earlier) : null;
      const mae = (value: number) => format.number(value, decimalsOf(now ? now.mae : value));
      show(
        "ok",
        words.ended(handle),
        <>
          {now && (
            <p>
              {words.found(mae(now.mae), now.servesBaseline)}
              {before && words.before(format.number(earlier), mae(before.mae))}
            </p>
          )}
          <span className="row-tight">
            <Link href={accountPath(handle)}>{words.toChart}</Link>
            <Link
              href={accountPath(handle, "model") + (before ? `?tab=versions&compare=${earlier},${earlier + 1}` : "")}
            >
              {words.see}
            </Link>
          </span>
        </>,
        { stays: true },
      );
    };

    const ended = (job: Job) => {
      if (job.asked_by !== me) return;
      const name = job.cuenta ?? words.allAccounts;
      if (job.state === "failed") show("bad", words.failed(name), job.error?.detail);
      else if (job.state === "cancelled") show("info", words.cancelled(name), words.cancelledNote);
      else if (job.cuenta !== null) void found(job.cuenta, job.model_version);
      else {
        const failed = job.parts?.failed ?? 0;
        show(
          failed > 0 ? "bad" : "ok",
          words.endedAll(job.parts?.succeeded ?? 0, failed),
          <Link href="/models">{words.see}</Link>,
        );
      }
    };

    const refused = (error: unknown) => {
      if (error instanceof SignedOut) return;
      const isProblem = error instanceof Problem;
      show(
        "bad",
        words.refused,
        <>
          <p>{isProblem ? error.message : t.shell.lost}</p>
          {isProblem && error.requestId && (
            <p className="xs">
              {t.common.requestId} <code>{error.requestId}</code>
            </p>
          )}
        </>,
      );
    };
    return { ended, refused };
  }, [t, show, format, queries, me]);
}
