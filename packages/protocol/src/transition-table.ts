/**
 * The shape of a state machine's transition table: what every event does in every phase. Documentation is printed
 * from it.
 */

/**
 * What one event does to the states of one phase.
 *
 * `ignored`: the event leaves every state of the phase as it is and asks for no effect.
 * `moves`: the event may change the state or ask for effects. `to` lists exactly the phases that it can lead to; the
 * phase itself is among them where the machine may stay. `effects` lists exactly the effects that it can ask for.
 */
export type Expected<Phase extends string, Effect extends string = string> =
  | { readonly outcome: "ignored"; readonly because: string }
  | {
      readonly outcome: "moves";
      readonly to: readonly Phase[];
      readonly effects: readonly Effect[];
      /** One or two sentences: when it leads where, and what is done. */
      readonly when: string;
    };

/** The whole behaviour of a machine. A missing cell does not compile. */
export type TransitionTable<
  Phase extends string,
  EventType extends string,
  Effect extends string = string,
> = Readonly<Record<Phase, Readonly<Record<EventType, Expected<Phase, Effect>>>>>;
