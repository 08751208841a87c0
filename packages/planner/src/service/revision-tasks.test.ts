import { aTask } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { countsOf } from "./revision-tasks.ts";

const startedBy = "ecs-svc/1";
const tasks = [
  aTask({ startedBy, lastStatus: "RUNNING", desiredStatus: "RUNNING" }),
  aTask({ startedBy, lastStatus: "RUNNING", desiredStatus: "STOPPED" }),
  aTask({ startedBy, lastStatus: "PENDING", desiredStatus: "RUNNING" }),
  aTask({ startedBy, lastStatus: "ACTIVATING", desiredStatus: "RUNNING" }),
  aTask({ startedBy, lastStatus: "PENDING", desiredStatus: "STOPPED" }),
  aTask({ startedBy, lastStatus: "STOPPED", desiredStatus: "STOPPED" }),
  aTask({ startedBy: "ecs-svc/2", lastStatus: "RUNNING", desiredStatus: "RUNNING" }),
];

test("a deployment's own tasks count: what runs, until it has stopped, and what is about to", () => {
  expect(countsOf(tasks, startedBy, undefined)).toEqual({ requested: 3, running: 2, pending: 2 });
});

test("what the service wants of it is what is requested", () => {
  expect(countsOf(tasks, startedBy, 5)).toEqual({ requested: 5, running: 2, pending: 2 });
});
