import type { ComponentChildren } from "preact";

/** A part of a form: what it is about on one side, its fields on the other. */
export function FormGroup(props: {
  readonly title: string;
  readonly about: string;
  readonly children: ComponentChildren;
}) {
  return (
    <fieldset class="plan-group">
      <legend>
        <h2>{props.title}</h2>
        <p class="soft small">{props.about}</p>
      </legend>
      {props.children}
    </fieldset>
  );
}
