#!/usr/bin/env node
/** Plain JavaScript, so that an old Node can at least say what is wrong. */
const LEAST_NODE_MAJOR = 24;
const USAGE_EXIT_CODE = 2;

if (Number.parseInt(process.versions.node, 10) < LEAST_NODE_MAJOR) {
  console.error(
    `Berth needs Node ${LEAST_NODE_MAJOR} or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      'Run it through npm, which puts the Node that Berth brings along first: "npm start" or "npx berth …".',
  );
  process.exit(USAGE_EXIT_CODE);
}
await import("../src/main.ts");
