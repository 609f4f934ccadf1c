import { Card } from "../../components/Card";
import { placeOf } from "../../format/dates";
import { useText } from "../../i18n/text";
import { useWho } from "../../session/useSession";
import { useZone } from "../../session/zone";

/** In which zone the times of these pages are read, and why. */
export function MyZone() {
  const t = useText();
  const zone = useZone();
  const isOfPlatform = useWho().empresa_id === null;
  return (
    <Card title={t.me.zone}>
      <p className="strong">{isOfPlatform ? t.me.zonePlatform : t.me.zoneOf(placeOf(zone), zone)}</p>
      <p className="soft small">{isOfPlatform ? t.me.zonePlatformWhy : t.me.zoneWhy}</p>
    </Card>
  );
}
