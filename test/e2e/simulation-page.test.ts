import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome"].map(
  (name) => `/usr/bin/${name}`,
);
const executablePath = process.env["CHROMIUM"] ?? BROWSERS.find((path) => existsSync(path));
if (executablePath === undefined) {
  console.warn(
    "SKIPPED: the page of berth simulate is not looked at, for there is no browser. `apt-get install chromium` brings one; CHROMIUM names another.",
  );
}

const SCENARIOS = ["rolling-update", "zone-loss"] as const;
type Scenario = (typeof SCENARIOS)[number];

/** Title and unit of each chart, and its lines. */
const CHARTS: Readonly<Record<Scenario, readonly string[]>> = {
  "rolling-update": [
    "Reserved, of what is registered | % | cpu memory",
    "Container instances | instances | on",
    "Tasks of web | tasks | desired running pending healthy",
    "Spread of web over zones | tasks | us-east-1a us-east-1b us-east-1c",
  ],
  "zone-loss": [
    "Tasks of all services | tasks | desired running pending healthy standalone",
    "Reserved, of what is registered | % | cpu memory",
    "Container instances | instances | on",
    "Tasks of web | tasks | desired running pending healthy",
    "Spread of web over zones | tasks | eu-central-1a eu-central-1b eu-central-1c",
    "Tasks of api | tasks | desired running pending healthy",
    "Spread of api over zones | tasks | eu-central-1a eu-central-1b eu-central-1c",
  ],
};

describe.skipIf(executablePath === undefined)("the page of berth simulate, in a browser", () => {
  let directory: string;
  let browser: Browser;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "berth-page-"));
    await Promise.all(SCENARIOS.map(write));
    // Chromium's sandbox takes nobody who is root.
    const chromiumSandbox = process.getuid?.() !== 0;
    browser = await chromium.launch({ executablePath: executablePath ?? "", chromiumSandbox });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const fileOf = (scenario: Scenario) => join(directory, `${scenario}.html`);

  async function write(scenario: Scenario): Promise<void> {
    const source = `docs/guides/scenarios/${scenario}.yaml`;
    const args = ["simulate", source, "--quiet", "--html", fileOf(scenario)];
    await promisify(execFile)(process.execPath, ["packages/cli/bin/berth.js", ...args]);
  }

  /** The page, and what it should not have done. */
  async function open(scenario: Scenario, options: BrowserContextOptions = {}) {
    const url = pathToFileURL(fileOf(scenario)).href;
    const page = await browser.newPage(options);
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (said) => faults.push(said.text()));
    page.on("request", (request) => {
      if (request.url() !== url) faults.push(request.url());
    });
    await page.goto(url, { waitUntil: "load" });
    return { page, faults };
  }

  test.each(SCENARIOS)("%s: draws every chart, and asks nobody for anything", async (scenario) => {
    const { page, faults } = await open(scenario);
    const figures = await page.locator("figure").all();
    expect(await Promise.all(figures.map(wordsOf))).toEqual(CHARTS[scenario]);
    const canvases: readonly Drawn[] = await page.evaluate(LOOK_AT_CANVASES);
    expect(canvases).toEqual(
      CHARTS[scenario].map((words) => ({
        label: expect.stringContaining(words.split(" | ")[0] ?? ""),
        isDrawn: true,
      })),
    );
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each([
    [390, "light"],
    [390, "dark"],
    [1_280, "light"],
    [1_280, "dark"],
  ] as const)("fits %i px, in %s colours", async (width, colorScheme) => {
    const { page } = await open("zone-loss", { viewport: { width, height: 800 }, colorScheme });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await overhangsOf(page)).toEqual([]);
    const paper: number = await page.evaluate(BRIGHTNESS_OF_PAPER);
    expect(paper > 128 ? "light" : "dark").toBe(colorScheme);
    await page.close();
  });

  test("charts follow a window that becomes narrower", async () => {
    const { page } = await open("zone-loss", { viewport: { width: 1_280, height: 800 } });
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(async () => overhangsOf(page)).toEqual([]);
    await page.close();
  });

  test("tells the values under the pointer, in all charts: at the beginning those at rest", async () => {
    const { page } = await open("rolling-update");
    const legend = page.locator("figure", { hasText: "Tasks of web" }).locator(".u-value");
    expect(await legend.first().isVisible()).toBe(false);
    await page
      .locator("figure", { hasText: "Tasks of web" })
      .locator(".u-over")
      .hover({ position: { x: 1, y: 50 } });
    await expect
      .poll(async () => legend.allTextContents())
      .toEqual(["0:00", "24", "24", "0", "24"]);
    expect(await legend.first().isVisible()).toBe(true);
    const other = page.locator("figure", { hasText: "Container instances" }).locator(".u-value");
    expect(await other.allTextContents()).toEqual(["0:00", "9"]);
    await page.close();
  });
});

type Figure = Awaited<ReturnType<ReturnType<Page["locator"]>["all"]>>[number];

async function wordsOf(figure: Figure): Promise<string> {
  const caption = await figure.locator("figcaption span").allTextContents();
  const [time, ...lines] = await figure.locator(".u-label").allTextContents();
  expect(time).toBe("time");
  return [...caption, lines.join(" ")].join(" | ");
}

interface Drawn {
  readonly label: string;
  /** Has many pixels of lines: axes, grid and words are grey. */
  readonly isDrawn: boolean;
}

const LOOK_AT_CANVASES = `[...document.querySelectorAll("canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let colourful = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4);
    if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) colourful += 1;
  }
  return { label: canvas.getAttribute("aria-label"), isDrawn: colourful > 500 };
})`;

/** What reaches over the right edge of its card. */
const overhangsOf = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(`[...document.querySelectorAll("figure")].flatMap((figure) => {
    const edge = figure.getBoundingClientRect().right;
    return [...figure.querySelectorAll("*")]
      .filter((part) => part.getBoundingClientRect().right > edge + 1)
      .map((part) => figure.innerText + ": " + part.className);
  })`);

const BRIGHTNESS_OF_PAPER = `Math.max(
  ...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number),
)`;
