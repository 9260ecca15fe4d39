/** What a start opened, in order; closing goes backwards, and a close that fails does not keep the others open. */
export type Resources = {
  /** Takes charge of something that is open. */
  add(name: string, close: () => Promise<void>): void;
  /** Newest first, one after another. Further calls wait for the first. */
  close(): Promise<void>;
  /** Closes all that is still open at once, in no order; done when every close is, also one that was under way. */
  abandon(): Promise<void>;
};

type Resource = { readonly name: string; readonly close: () => Promise<void> };

export function createResources(onError: (name: string, error: unknown) => void): Resources {
  const open: Resource[] = [];
  const underWay = new Set<Promise<void>>();
  let closing: Promise<void> | null = null;

  const closeOne = async ({ name, close }: Resource): Promise<void> => {
    const closed = close().catch((error: unknown) => onError(name, error));
    underWay.add(closed);
    await closed;
    underWay.delete(closed);
  };
  const closeAll = async (): Promise<void> => {
    for (let last = open.pop(); last !== undefined; last = open.pop()) await closeOne(last);
    await Promise.all(underWay);
  };

  return {
    add(name, close) {
      open.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
    async abandon() {
      for (const resource of open.splice(0)) void closeOne(resource);
      await Promise.all(underWay);
    },
  };
}
