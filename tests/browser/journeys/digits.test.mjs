// Digits are read from pictures, however they are given, and from drawings. What the page shows is compared with what
// the server answered, whatever that is: how well it reads is tested elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";
import { answerOf, pictureOf } from "../support/pictures.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();

/** Browsers do not tell tests the files of a form that they send. */
function noteWhatIsSent() {
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    if (body instanceof FormData) globalThis.sentForm = body;
    return send.call(this, body);
  };
}

/** Name and bytes of the file in the form that was sent last. */
const sentFile = async ({ page }) => {
  const { base64, ...file } = await page.evaluate(async () => {
    const file = globalThis.sentForm.get("file");
    const letters = Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => String.fromCharCode(byte));
    return { name: file.name, type: file.type, base64: btoa(letters.join("")) };
  });
  return { ...file, bytes: Buffer.from(base64, "base64") };
};

async function signedIn(who, path = "/digits", options = {}) {
  const tab = await Tab.open(await openProfile(browser, program, options), program);
  tab.expected.add("/predict");
  await tab.page.addInitScript(noteWhatIsSent);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

const button = (tab, name) => tab.page.getByRole("button", { name, exact: true });
const choose = (tab, file) => tab.page.locator(".dg-choose input").setInputFiles(file);
const heading = (tab, name) => tab.page.getByRole("heading", { level: 2, name, exact: true });
const number = async (tab) => (await tab.page.locator(".dg-number").innerText()).replace(/\s+/g, " ").trim();

/** Does something of which a picture is read; gives what was answered, once the page shows it. */
async function read(tab, work) {
  const answered = tab.page.waitForResponse((response) => response.url().endsWith("/predict"));
  await work();
  const answer = await answered;
  assert.equal(answer.status(), 200);
  await heading(tab, t.digits.reading).waitFor();
  await tab.settled();
  return answer.json();
}

async function assertShown(tab, answer) {
  if (answer.digitos.length === 0) {
    await tab.page.locator("main").getByText(t.digits.noneFound, { exact: true }).last().waitFor();
    return;
  }
  assert.equal(await number(tab), answer.lectura);
  assert.equal(await tab.page.locator(".dg-box").count(), answer.digitos.length);
  const doubtful = answer.digitos.filter(({ revisar }) => revisar).length;
  assert.equal(await tab.page.locator(".dg-box.dg-doubt").count(), doubtful);
  assert.equal(await tab.page.getByText(t.digits.fromMemory, { exact: true }).count(), answer.cached ? 1 : 0);
}

/** Gives files as a drop or a paste does, which only a person can do for real. */
const give = ({ page }, kind, files) =>
  page.evaluate(
    ([kind, files]) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      const options = { bubbles: true, cancelable: true };
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { ...options, clipboardData: data })
          : new DragEvent("drop", { ...options, dataTransfer: data });
      document.querySelector("h1").dispatchEvent(event);
    },
    [
      kind,
      files.map(({ name, mimeType, buffer }) => ({
        name,
        type: mimeType,
        base64: buffer.toString("base64"),
      })),
    ],
  );

test("a picture is read however it is given", { timeout: 120_000 }, async (step) => {
  const tab = await signedIn(PEOPLE.viewer);
  const { page } = tab;

  await step.test("chosen, and its name stays with the person", async () => {
    const file = await pictureOf(tab, "407");
    await assertShown(tab, await read(tab, () => choose(tab, file)));
    const sent = await sentFile(tab);
    assert.deepEqual([sent.name, sent.type], ["digits.png", "image/png"]);
    assert.ok(sent.bytes.equals(file.buffer), "the bytes are sent as they are");
  });

  await step.test("frames lie on the digits", async () => {
    const answer = await read(tab, async () => choose(tab, await pictureOf(tab, "52", { width: 900, height: 700 })));
    const whole = page.getByRole("button", {
      name: t.digits.whole,
      exact: true,
    });
    if ((await whole.count()) > 0) await whole.click();
    await tab.settled();
    const picture = await page.locator(".dg-canvas").boundingBox();
    const scale = picture.width / answer.ancho;
    for (const [at, digit] of answer.digitos.entries()) {
      const frame = await page.locator(".dg-box").nth(at).boundingBox();
      const found = [frame.x - picture.x, frame.y - picture.y, frame.width, frame.height].map((side) => side / scale);
      assert.ok(
        digit.caja.every((side, place) => Math.abs(side - found[place]) * scale < 2),
        `${digit.caja} and ${found}`,
      );
    }
  });

  await step.test("a second time it is read from memory", async () => {
    const answer = await read(tab, async () => choose(tab, await pictureOf(tab, "407")));
    assert.equal(answer.cached, true);
    await assertShown(tab, answer);
  });

  await step.test("dropped, and pasted", async () => {
    for (const [kind, text] of [
      ["drop", "91"],
      ["paste", "8"],
    ]) {
      const file = await pictureOf(tab, text);
      const answer = await read(tab, () => give(tab, kind, [file]));
      await assertShown(tab, answer);
    }
  });

  await step.test("only one at a time, and only a picture", async () => {
    const file = await pictureOf(tab, "1");
    await give(tab, "drop", [file, file]);
    await page.getByText(t.digits.faults.several).waitFor();
    await give(tab, "paste", []);
    await page.getByText(t.digits.faults.noPicture).waitFor();
  });

  await step.test("what was read before is shown again, and removed", async () => {
    const lines = page.locator(".dg-kept li");
    assert.equal(await lines.count(), 5);
    await lines.last().getByRole("button").first().click();
    await tab.settled();
    assert.equal(await lines.last().getByRole("button").first().getAttribute("aria-current"), "true");
    await button(tab, t.digits.visit.clear).click();
    await page.getByText(t.digits.nothingYet).waitFor();
    assert.equal(await lines.count(), 0);
  });

  await tab.assertNoFaults();
  await page.context().close();
});

/** Points of a 7, in shares of the paper. */
const SEVEN = [
  [0.4, 0.25],
  [0.6, 0.25],
  [0.47, 0.8],
];

async function draw({ page }, points) {
  const paper = await page.locator(".dg-pad").boundingBox();
  const [first, ...rest] = points.map(([x, y]) => [paper.x + x * paper.width, paper.y + y * paper.height]);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 12 });
  await page.mouse.up();
}

/** Size of the picture that was sent, whether its corners are white, and how much of it is dark. */
const look = ({ page }) =>
  page.evaluate(async () => {
    const bitmap = await createImageBitmap(globalThis.sentForm.get("file"));
    const { width, height } = bitmap;
    const canvas = Object.assign(document.createElement("canvas"), {
      width,
      height,
    });
    const ctx = canvas.getContext("2d");
    ctx.drawImage(bitmap, 0, 0);
    const { data } = ctx.getImageData(0, 0, width, height);
    const light = (x, y) => data[(y * width + x) * 4];
    const corners = [light(0, 0), light(width - 1, 0), light(0, height - 1), light(width - 1, height - 1)];
    let dark = 0;
    for (let at = 0; at < data.length; at += 4) dark += data[at] < 128 ? 1 : 0;
    return {
      width,
      height,
      corners,
      dark: dark / (width * height),
      alpha: data[3],
    };
  });

test("a number is written by hand", { timeout: 120_000 }, async (step) => {
  const tab = await signedIn(PEOPLE.user, "/digits?mode=draw");
  const { page } = tab;

  await step.test("a blank paper is not sent", async () => {
    assert.equal(await button(tab, t.digits.draw.read).isDisabled(), true);
    assert.equal(await page.locator(".dg-pad").getAttribute("aria-label"), t.digits.draw.pad(0));
  });

  await step.test("with a mouse; what is sent is dark on white, with a margin", async () => {
    await draw(tab, SEVEN);
    const answer = await read(tab, () => button(tab, t.digits.draw.read).click());
    const { width, height, corners, dark, alpha } = await look(tab);
    assert.deepEqual([corners, alpha], [[255, 255, 255, 255], 255]);
    assert.ok(width > 250 && width < 500 && height > 350 && height < 600, `${width} by ${height}`);
    assert.ok(dark > 0.05 && dark < 0.3, `${dark} of it is ink`);
    await assertShown(tab, answer);
  });

  await step.test("undone and cleared, with a way back", async () => {
    const label = () => page.locator(".dg-pad").getAttribute("aria-label");
    await draw(tab, [
      [0.8, 0.3],
      [0.8, 0.7],
    ]);
    assert.equal(await label(), t.digits.draw.pad(2));
    await page.locator(".dg-pad").press("Control+z");
    assert.equal(await label(), t.digits.draw.pad(1));
    await button(tab, t.digits.draw.clear).click();
    assert.equal(await label(), t.digits.draw.pad(0));
    await button(tab, t.digits.draw.undo).click();
    assert.equal(await label(), t.digits.draw.pad(1));
  });

  await step.test("who has a keyboard only is told of the other way", async () => {
    const how = await page.locator(".dg-pad").getAttribute("aria-describedby");
    assert.equal(await page.locator(`[id="${how}"]`).innerText(), t.digits.draw.how);
  });

  await tab.assertNoFaults();
  await page.context().close();
});

test("a finger draws, and does not scroll", { timeout: 60_000 }, async () => {
  const phone = { width: 390, height: 844, hasTouch: true, isMobile: true };
  const tab = await signedIn(PEOPLE.user, "/digits?mode=draw", phone);
  const { page } = tab;
  const fingers = await page.context().newCDPSession(page);
  const paper = await page.locator(".dg-pad").boundingBox();
  const touch = (type, points) =>
    fingers.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y]) => ({
        x: paper.x + x * paper.width,
        y: paper.y + y * paper.height,
      })),
    });
  await touch("touchStart", [SEVEN[0]]);
  for (const point of SEVEN.slice(1)) await touch("touchMove", [point]);
  await touch("touchEnd", []);
  assert.equal(await page.locator(".dg-pad").getAttribute("aria-label"), t.digits.draw.pad(1));
  assert.equal(await page.evaluate(() => scrollY), 0);
  const answer = await read(tab, () => button(tab, t.digits.draw.read).tap());
  await assertShown(tab, answer);
  // The camera is offered where there are fingers.
  await page.getByRole("tab", { name: t.digits.modes.image }).tap();
  assert.equal(await page.locator("input[capture=environment]").locator("..").isVisible(), true);
  await tab.assertNoFaults();
  await page.context().close();
});

test(
  "what cannot be read is told before it is sent, and mended where the page can",
  { timeout: 120_000 },
  async (step) => {
    const tab = await signedIn(PEOPLE.admin);
    const { page } = tab;
    const requests = [];
    page.on("request", (request) => request.url().endsWith("/predict") && requests.push(request));

    await step.test("no picture", async () => {
      await choose(tab, {
        name: "foto.png",
        mimeType: "image/png",
        buffer: Buffer.from("no es una imagen"),
      });
      await page.getByText(t.digits.faults.kind).waitFor();
      await choose(tab, {
        name: "foto.png",
        mimeType: "image/png",
        buffer: Buffer.alloc(0),
      });
      await page.getByText(t.digits.faults.empty).waitFor();
    });

    await step.test("too many pixels: a smaller copy is read", async () => {
      await choose(
        tab,
        await pictureOf(tab, "63", {
          type: "image/jpeg",
          width: 5200,
          height: 5000,
        }),
      );
      await page.getByText(t.digits.faults.tooLarge("26.0")).waitFor();
      assert.equal(requests.length, 0);
      const answer = await read(tab, () => button(tab, t.digits.faults.shrink).click());
      assert.ok(answer.ancho * answer.alto <= 8_000_000, `${answer.ancho} by ${answer.alto}`);
      await assertShown(tab, answer);
    });

    await step.test("another kind: a copy that can be read", async () => {
      await choose(tab, await pictureOf(tab, "25", { type: "image/webp" }));
      await page.getByText(t.digits.faults.convertible).waitFor();
      await assertShown(tab, await read(tab, () => button(tab, t.digits.faults.convert).click()));
      assert.equal((await sentFile(tab)).name, "digits.jpg");
    });

    await step.test("too heavy", async () => {
      const { buffer } = await pictureOf(tab, "1");
      const heavy = Buffer.concat([buffer, Buffer.alloc(8 * 1024 * 1024)]);
      await choose(tab, {
        name: "foto.png",
        mimeType: "image/png",
        buffer: heavy,
      });
      await page.getByText(t.digits.faults.tooHeavy("8.4 MB").split(":")[0]).first().waitFor();
      assert.equal(await button(tab, t.digits.faults.shrink).isVisible(), true);
      assert.equal(requests.length, 2);
    });

    await tab.assertNoFaults();
    await page.context().close();
  },
);

test("a picture that is not read is kept, and told why", { timeout: 120_000 }, async (step) => {
  const tab = await signedIn(PEOPLE.admin);
  const { page } = tab;
  const file = await pictureOf(tab, "30");
  const answered = (status, headers, body) =>
    page.route("**/predict", (route) =>
      route.fulfill({
        status,
        headers,
        contentType: "application/problem+json",
        body: JSON.stringify(body),
      }),
    );

  await step.test("after too many, it says when again", async () => {
    const detail = "Superó el límite.";
    await answered(429, { "Retry-After": "42" }, { detail, error_code: "QUOTA_EXCEEDED", request_id: "req-1" });
    await choose(tab, file);
    await page.getByText(detail).waitFor();
    assert.match(await page.getByRole("timer").innerText(), /0:4[0-2]/);
    assert.equal(await button(tab, t.common.retry).isDisabled(), true);
    await page.unroute("**/predict");
  });

  await step.test("without a connection, it waits for one", async () => {
    await page.route("**/predict", (route) => route.abort());
    await choose(tab, file);
    await page.getByText(t.digits.failed.gone).waitFor();
    await page.unroute("**/predict");
    const answer = await read(tab, () => button(tab, t.common.retry).click());
    await assertShown(tab, answer);
  });

  await step.test("cancelled on its way, it can be sent later", async () => {
    await page.route("**/predict", () => undefined);
    await choose(tab, file);
    await page.getByText(t.digits.sending.reading).waitFor();
    await button(tab, t.common.cancel).click();
    await page.getByText(t.digits.unread).waitFor();
    await page.unroute("**/predict");
    await page.getByRole("link", { name: t.nav.me }).first().or(page.locator(".nav a").first()).click();
    await tab.settled();
    await page.goBack();
    await page.getByText(t.digits.unread).waitFor();
    await read(tab, () => button(tab, t.digits.read).click());
  });

  await page.context().close();
});

test(
  "a session's end keeps what was not read and forgets what was; a logout forgets all",
  { timeout: 120_000 },
  async () => {
    const tab = await signedIn(PEOPLE.viewer, "/digits?mode=draw");
    const { page } = tab;
    await draw(tab, SEVEN);
    await read(tab, () => button(tab, t.digits.draw.read).click());
    await page.route("**/predict", () => undefined);
    await give(tab, "paste", [await pictureOf(tab, "58")]);
    await page.getByText(t.digits.sending.reading).waitFor();
    const elsewhere = await Client.login(program.url, PEOPLE.viewer);
    await elsewhere.ok("DELETE", "/auth/sessions");
    await page.getByLabel(t.signIn.username, { exact: true }).waitFor();
    assert.equal(await page.locator("canvas").count(), 0);

    await tab.signIn(PEOPLE.viewer);
    assert.equal(await page.locator(".dg-pad").getAttribute("aria-label"), t.digits.draw.pad(1));
    await page.getByText(t.digits.unread).waitFor();
    assert.equal(await page.locator(".dg-kept").count(), 0);
    await button(tab, t.digits.discard).click();
    await page.getByText(t.digits.nothingYet).waitFor();

    await page.locator(".side-foot button").first().click();
    await page.getByRole("menuitem", { name: t.shell.signOut }).click();
    await page.getByLabel(t.signIn.username, { exact: true }).waitFor();
    await tab.signIn(PEOPLE.viewer);
    assert.equal(await page.locator(".dg-pad").getAttribute("aria-label"), t.digits.draw.pad(0));
    await page.context().close();
  },
);

test("digits are walked by keys, and told in words", { timeout: 60_000 }, async () => {
  const tab = await signedIn(PEOPLE.viewer);
  const { page } = tab;
  const answer = answerOf([
    { digito: 4, probabilidad: 0.9996, other: 9 },
    { digito: 7, probabilidad: 0.71, other: 1, revisar: true },
  ]);
  await page.route("**/predict", (route) => route.fulfill({ json: answer }));
  await read(tab, async () => choose(tab, await pictureOf(tab, "47")));
  await page.getByText(t.digits.review.some(1, "1"), { exact: true }).waitFor();

  const name = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.getByRole("group", { name: t.digits.boxes }).getByRole("button").first().focus();
  assert.match(await name(), /4: muy seguro, >\s99\.9\s%\.$/);
  await page.keyboard.press("ArrowRight");
  assert.match(await name(), /7: poco seguro, 71\s%\. Revise este dígito\. También podría ser 1 \(29\s%\)\.$/);
  assert.match(await page.locator(".dg-tip").innerText(), /poco seguro, 71\s%/);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".dg-tip").count(), 0);
  await tab.assertNoFaults();
  await page.context().close();
});

test("whoever operates the platform has no pictures to read", { timeout: 60_000 }, async () => {
  const tab = await signedIn(PEOPLE.superadmin);
  await tab.page.getByText(t.common.forbidden).waitFor();
  assert.equal(await tab.page.getByRole("link", { name: t.nav.digits }).count(), 0);
  await tab.page.context().close();
});
