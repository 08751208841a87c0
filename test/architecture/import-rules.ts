/** Who may import whom (docs/ARCHITECTURE.md). What is not listed is forbidden. */
export interface ImportRule {
  /** Other packages of Berth, or paths in them. */
  readonly berth: readonly string[];
  /** Packages from npm. */
  readonly npm: readonly string[];
  readonly node: boolean;
  /** Narrower rules for a folder below `src/`. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

export const IMPORT_RULES: Readonly<Record<string, ImportRule>> = {
  domain: { berth: [], npm: [], node: false },
  planner: { berth: ["domain"], npm: ["tinyqueue"], node: false },
  contracts: {
    berth: ["domain"],
    npm: ["@aws-sdk/client-ecs", "@smithy/core", "zod"],
    node: true,
  },
  store: {
    berth: ["domain"],
    npm: ["@aws-sdk/*", "@smithy/*"],
    node: true,
    only: { "@aws-sdk/*": ["dynamodb/"], "@smithy/*": ["dynamodb/"] },
  },
  aws: { berth: ["domain", "contracts"], npm: ["@aws-sdk/*", "@smithy/*"], node: true },
  "control-plane": {
    berth: ["domain", "planner", "contracts", "store/store", "store/table"],
    npm: [],
    node: true,
  },
  agent: {
    berth: ["domain", "contracts"],
    npm: [
      "@aws-sdk/client-ecs",
      "@aws-sdk/client-s3",
      "@aws-sdk/client-secrets-manager",
      "@aws-sdk/client-ssm",
      "@smithy/*",
      "dbus-native",
      "dockerode",
      "tar-stream",
      "ws",
      "zod",
      "pino",
      "p-limit",
    ],
    node: true,
    only: {
      "dbus-native": ["docker/", "testing/"],
      dockerode: ["docker/"],
      "tar-stream": ["docker/"],
      "@aws-sdk/client-s3": ["sources/"],
      "@aws-sdk/client-secrets-manager": ["sources/"],
      "@aws-sdk/client-ssm": ["sources/"],
    },
  },
  // Plans and simulations run the control plane itself on a table in memory (ADR 0019).
  simulator: {
    berth: ["control-plane", "planner", "store", "contracts", "domain"],
    npm: ["tinyqueue", "uplot", "yaml", "zod"],
    node: true,
    only: { uplot: ["report/"], yaml: ["scenario/"] },
  },
  functions: {
    berth: ["control-plane", "simulator", "store", "aws", "contracts", "domain"],
    npm: [
      "@middy/*",
      "@aws-lambda-powertools/*",
      "@aws-sdk/*",
      "aws-lambda",
      "swagger-ui-dist",
      "zod",
    ],
    node: true,
  },
  local: {
    berth: ["control-plane", "store", "aws", "contracts", "domain", "functions", "agent"],
    npm: [
      "@aws-sdk/*",
      "@smithy/*",
      "dynalite",
      "dockerode",
      "fauxqs",
      "p-limit",
      "ws",
      "esbuild",
      "tar-stream",
      "aws-lambda",
      "zod",
    ],
    node: true,
  },
  cli: {
    berth: ["contracts"],
    npm: ["commander", "@aws-sdk/client-ecs", "@smithy/*", "ws"],
    node: true,
  },
  testing: {
    berth: ["domain", "planner", "contracts", "store", "control-plane", "functions"],
    npm: [
      "ajv",
      "fast-check",
      "vitest",
      "dynalite",
      "aws-lambda",
      "@aws-sdk/client-ecs",
      "@aws-sdk/client-eventbridge",
      "@smithy/*",
    ],
    node: true,
  },
};

/** Entry points are for AWS only: one machine composes the handlers itself. */
const FORBIDDEN_PATHS: Readonly<Record<string, readonly string[]>> = {
  local: ["functions/entry/"],
};

export interface SourceFile {
  /** Below the repository, such as `packages/store/src/memory/table.ts`. */
  readonly path: string;
  readonly text: string;
}

const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm;

function specifiersOf(text: string): readonly string[] {
  return [...text.matchAll(SPECIFIER)].map(([, specifier = ""]) => specifier);
}

/** One line for each import that its package may not make. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    specifiersOf(file.text)
      .map((specifier) => ({ specifier, reason: whyForbidden(file.path, specifier) }))
      .filter(({ reason }) => reason !== undefined)
      .map(({ specifier, reason }) => `${file.path}: ${specifier}: ${reason}`),
  );
}

function whyForbidden(path: string, specifier: string): string | undefined {
  const [, owner = "", , ...below] = path.split("/");
  const rule = IMPORT_RULES[owner];
  if (!rule) return `package ${owner} has no rule`;
  const isTest = path.endsWith(".test.ts");
  if (specifier.startsWith(".")) return leavesPackage(below, specifier);
  if (specifier.startsWith("node:")) return rule.node || isTest ? undefined : "no node:* here";
  if (specifier.startsWith("@berth/")) return forbiddenSibling(owner, rule, specifier, isTest);
  return forbiddenLibrary(rule, below.join("/"), specifier, isTest);
}

function leavesPackage(below: readonly string[], specifier: string): string | undefined {
  const up = specifier.split("/").filter((part) => part === "..").length;
  return up >= below.length ? "relative import leaves its package" : undefined;
}

function forbiddenSibling(
  owner: string,
  rule: ImportRule,
  specifier: string,
  isTest: boolean,
): string | undefined {
  const target = specifier.slice("@berth/".length);
  const [name = ""] = target.split("/");
  if (name === owner) return "a package imports itself by relative paths";
  if (name === "testing") return isTest ? undefined : "testing is for tests only";
  if (FORBIDDEN_PATHS[owner]?.some((path) => target.startsWith(path))) return "forbidden path";
  const allowed = rule.berth.some((each) => target === each || target.startsWith(`${each}/`));
  return allowed || isTest ? undefined : `${owner} may not import ${name}`;
}

function forbiddenLibrary(
  rule: ImportRule,
  below: string,
  specifier: string,
  isTest: boolean,
): string | undefined {
  if (isTest) return undefined;
  const pattern = rule.npm.find((each) => matches(each, specifier));
  if (pattern === undefined) return "library not allowed here";
  const folders = rule.only?.[pattern];
  const inFolder = folders === undefined || folders.some((folder) => below.startsWith(folder));
  return inFolder ? undefined : `only in ${folders.join(", ")}`;
}

const matches = (pattern: string, specifier: string): boolean =>
  pattern.endsWith("/*")
    ? specifier.startsWith(pattern.slice(0, -1))
    : specifier === pattern || specifier.startsWith(`${pattern}/`);
