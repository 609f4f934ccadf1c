import { expect, it } from "vitest";
import { platformName } from "./platform";

it("writes a known network as it writes itself", () => {
  expect(platformName("tiktok")).toBe("TikTok");
  expect(platformName("twitter")).toBe("X");
});

it("leaves another network as it was written", () => {
  expect(platformName("Mastodon")).toBe("Mastodon");
  expect(platformName(null)).toBeNull();
});
