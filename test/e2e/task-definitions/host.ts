import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { connectDocker } from "@berth/agent/docker/connection";
import type Docker from "dockerode";
import { instanceAddress } from "../berth.ts";

/** The machine of the one container instance on which rows are played. */
export interface Host {
  readonly docker: Docker;
  /** Where its host ports are bound. */
  readonly address: string;
  /** Where it reaches what listens on the loopback of the tests' own machine. */
  readonly testAddress: string;
  /** Where its agent reads files that its settings name: a service of systemd has a /tmp of its own. */
  readonly settings: string;
  /** Runs the line in root's shell. @returns what it wrote @throws Error where it fails */
  readonly run: (line: string) => Promise<string>;
  /** The status of the answer there, asked from the machine itself. */
  statusAt(port: number | undefined, path: string): Promise<number>;
}

/** The tests' own. */
export const thisHost: Host = {
  docker: connectDocker("unix:///var/run/docker.sock"),
  address: instanceAddress(1),
  testAddress: "127.0.0.1",
  settings: tmpdir(),
  run: async (line) => {
    return (await promisify(execFile)("sh", ["-c", line])).stdout.trimEnd();
  },
  async statusAt(port, path) {
    const url = `http://${instanceAddress(1)}:${port}${path}`;
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).status;
  },
};
