/**
 * Preloaded into every program that the supervisor starts: when the supervisor dies, by whatever
 * signal, its end of the IPC channel closes and the program ends too. Everything on one machine is
 * made to be killed, so there is nothing to tidy up.
 */
process.once("disconnect", () => process.exit(1));
/** Without this the listener alone would keep a program alive that has finished. */
process.channel?.unref();
