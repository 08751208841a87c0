import { forwarder } from "../lambda/forwarder.ts";

export const handler = forwarder("timers-queue");
