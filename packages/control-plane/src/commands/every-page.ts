import type { PageRequest } from "@berth/store/store";
import type { Page } from "@berth/store/table";

const PAGE_SIZE = 1_000;

/** All there is to a listing, page after page, read as far as the reader goes. */
export async function* everyPage<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let startAfter: string | undefined;
  do {
    const page: Page<T> = await read(
      startAfter === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, startAfter },
    );
    yield* page.items;
    startAfter = page.next;
  } while (startAfter !== undefined);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
