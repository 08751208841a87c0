import { publisher } from "../lambda/publisher.ts";

export const handler = publisher("change-events");
