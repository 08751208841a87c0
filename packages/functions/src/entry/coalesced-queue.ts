import { forwarder } from "../lambda/forwarder.ts";

export const handler = forwarder("coalesced-queue");
