type Child = Node | string | number | false | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | undefined>>;

/** Makes an element. What it is given to show becomes text: nothing here ever reads HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== false) element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

/** A select box with a label. */
export function select(
  label: string,
  options: readonly { readonly value: string; readonly text: string }[],
  settings: { readonly name: string; readonly value: string; readonly onChange: (value: string) => void },
): HTMLLabelElement {
  const box = el(
    'select',
    { name: settings.name, change: () => settings.onChange(box.value) },
    options.map(({ value, text }) => el('option', { value, selected: value === settings.value }, text)),
  );
  return el('label', { class: 'field' }, el('span', {}, label), box);
}
