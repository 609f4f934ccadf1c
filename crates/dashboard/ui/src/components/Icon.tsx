import sprite from "../assets/icons.svg";

export type IconName =
  | "home"
  | "account"
  | "model"
  | "data"
  | "people"
  | "audit"
  | "menu"
  | "sun"
  | "moon"
  | "search"
  | "down"
  | "right"
  | "up-arrow"
  | "down-arrow"
  | "flat"
  | "alert"
  | "clock"
  | "check"
  | "x"
  | "info"
  | "download"
  | "print"
  | "image"
  | "flask"
  | "flag"
  | "train"
  | "out"
  | "lock"
  | "table"
  | "sort"
  | "base"
  | "file"
  | "equal"
  | "dots"
  | "user"
  | "brand"
  | "plus"
  | "trash"
  | "edit"
  | "building"
  | "server"
  | "key"
  | "left"
  | "copy"
  | "device"
  | "zoom-out"
  | "history"
  | "wifi-off"
  | "calendar"
  | "bookmark"
  | "columns"
  | "digits"
  | "camera"
  | "pen"
  | "undo"
  | "paste"
  | "zoom-in";

/** A picture beside a word; it says nothing by itself, so that readers skip it. */
export function Icon({ name, small = false, className = "" }: { name: IconName; small?: boolean; className?: string }) {
  return (
    <svg className={`i ${small ? "i-s" : ""} ${className}`} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
