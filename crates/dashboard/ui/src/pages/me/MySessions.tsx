import { useState } from "react";
import { useEndMyOtherSessions, useEndMySession, useMySessions } from "../../api/me";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SessionList } from "../../components/SessionList";
import { Loaded } from "../../components/States";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { session as own } from "../../session/session";
import { useWho } from "../../session/useSession";

/** The devices on which one is signed in. */
export function MySessions() {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const who = useWho();
  const [isAsked, setAsked] = useState(false);
  const sessions = useMySessions();
  const endOne = useEndMySession();
  const endOthers = useEndMyOtherSessions();
  const failed = (error: Error) => toast("bad", error.message);
  const hasOthers = sessions.data?.some((session) => !session.current) ?? false;
  // This device first; the others as the API orders them.
  const ordered = (all: NonNullable<typeof sessions.data>) =>
    [...all].sort((one, other) => Number(other.current) - Number(one.current));
  return (
    <Card
      title={t.me.sessions}
      note={t.me.sessionsWhy}
      flush
      actions={
        hasOthers && (
          <Button small onClick={() => setAsked(true)}>
            {t.me.endOthers}
          </Button>
        )
      }
    >
      <Loaded query={sessions}>
        {(all) => (
          <SessionList
            sessions={ordered(all)}
            ending={endOne.isPending ? endOne.variables : undefined}
            onEnd={({ id, current }) =>
              current
                ? void own.logout()
                : endOne.mutate(id, { onSuccess: () => toast("ok", t.sessions.ended), onError: failed })
            }
          />
        )}
      </Loaded>
      {who.session_ends_at && <p className="hint me-ends">{t.me.endsAt(format.moment(who.session_ends_at))}</p>}
      {isAsked && (
        <ConfirmDialog
          title={t.me.endOthersTitle}
          action={t.me.endOthers}
          busy={endOthers.isPending}
          onClose={() => setAsked(false)}
          onConfirm={() =>
            endOthers.mutate(undefined, {
              onSuccess: ({ ended }) => toast("ok", t.sessions.endedMany(format.number(ended), ended === 1)),
              onError: failed,
              onSettled: () => setAsked(false),
            })
          }
        >
          <p>{t.me.endOthersBody}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
