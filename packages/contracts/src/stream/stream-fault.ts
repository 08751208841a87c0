/** The other end does not keep to the protocol, or is not there any more. The message is for people. */
export class StreamFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StreamFault";
  }
}
