import type { Task } from "@tributary/protocol";

/** What the task says of itself: what it is for, who asks, and what it must not be used for. */
export function TaskTexts({ task }: { readonly task: Task }) {
  const { title, purpose, asker, contact, notFor, licence } = task.texts;
  const facts = [
    { name: "Who asks", text: asker },
    { name: "Contact", text: contact },
    { name: "Not for", text: notFor },
    { name: "Licence of the model", text: licence },
  ].filter(({ text }) => text !== "");
  return (
    <section class="panel stack task-texts" aria-labelledby="task-title" data-testid="task-texts">
      <h3 id="task-title">{title}</h3>
      <p>{purpose}</p>
      <dl class="facts small">
        {facts.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
