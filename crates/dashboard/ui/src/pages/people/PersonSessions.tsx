import { useState } from "react";
import { useEndPersonSession, useEndPersonSessions, usePersonSessions, type Person } from "../../api/people";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SessionList } from "../../components/SessionList";
import { Loaded } from "../../components/States";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { session as own } from "../../session/session";

/** The devices on which a person is signed in, and the way to put them out. */
export function PersonSessions({ person }: { person: Person }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const [isAsked, setAsked] = useState(false);
  const sessions = usePersonSessions(person.id_usuario);
  const endOne = useEndPersonSession(person.id_usuario);
  const endAll = useEndPersonSessions(person.id_usuario);
  const failed = (error: Error) => toast("bad", error.message);
  return (
    <Card
      title={t.people.sessionsOf}
      note={t.people.sessionsOfWhy}
      flush
      actions={
        sessions.data &&
        sessions.data.length > 0 && (
          <Button small onClick={() => setAsked(true)}>
            {t.people.endAll}
          </Button>
        )
      }
    >
      <Loaded query={sessions}>
        {(all) => (
          <SessionList
            sessions={all}
            ending={endOne.isPending ? endOne.variables : undefined}
            onEnd={({ id, current }) =>
              current
                ? void own.logout()
                : endOne.mutate(id, { onSuccess: () => toast("ok", t.sessions.endedOther), onError: failed })
            }
          />
        )}
      </Loaded>
      {isAsked && (
        <ConfirmDialog
          title={t.people.endAllTitle(person.username)}
          action={t.people.endAll}
          busy={endAll.isPending}
          onClose={() => setAsked(false)}
          onConfirm={() =>
            endAll.mutate(undefined, {
              onSuccess: ({ ended }) => toast("ok", t.sessions.endedMany(format.number(ended), ended === 1)),
              onError: failed,
              onSettled: () => setAsked(false),
            })
          }
        >
          <p>{t.people.endAllBody}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
