/** Where Berth tells what happens, in the words of ECS's own events. */
export function events() {
  return { bus: new sst.aws.Bus("Events") };
}
