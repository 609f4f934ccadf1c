import { useId } from "react";
import type { GrantableRole } from "../../api/people";
import { useText } from "../../i18n/text";

const ROLES: readonly GrantableRole[] = ["admin", "user", "viewer"];

interface Props {
  value: GrantableRole;
  onChange: (role: GrantableRole) => void;
  disabled?: boolean;
}

/** A role, with what it may do. */
export function RoleChoice({ value, onChange, disabled = false }: Props) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className="role-choices" disabled={disabled}>
      <legend className="label">{t.people.role}</legend>
      {ROLES.map((role) => (
        <label key={role} className="check">
          <input type="radio" name={name} value={role} checked={value === role} onChange={() => onChange(role)} />
          <span>
            <span className="strong">{t.roles[role]}</span>
            <span className="hint">{t.people.roleWhat[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
