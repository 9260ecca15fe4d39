/** What a start opened, in order; closing goes backwards, and a close that fails does not keep the others open. */
export type Resources = {
  /** Takes charge of something that is open. */
  add(name: string, close: () => Promise<void>): void;
  /** Newest first, one after another. Further calls wait for the first. */
  close(): Promise<void>;
  /** All that is still open at once, without waiting for order. */
  abandon(): Promise<void>;
};

type Resource = { readonly name: string; readonly close: () => Promise<void> };

export function createResources(onError: (name: string, error: unknown) => void): Resources {
  const open: Resource[] = [];
  let closing: Promise<void> | null = null;

  const closeOne = async ({ name, close }: Resource): Promise<void> => {
    try {
      await close();
    } catch (error) {
      onError(name, error);
    }
  };
  const closeAll = async (): Promise<void> => {
    for (let last = open.pop(); last !== undefined; last = open.pop()) await closeOne(last);
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
      await Promise.all(open.splice(0).map(closeOne));
    },
  };
}
