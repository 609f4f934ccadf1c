import { Icon } from "./Icon";

/** The mark and the name of the product, inside of what they stand on. */
export function Brand() {
  return (
    <>
      <span className="mark">
        <Icon name="brand" />
      </span>
      Atalaya
    </>
  );
}
