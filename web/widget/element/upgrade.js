// Properties that a page has set before the element's script was there.
//
// Until then `element.count = 4` makes a property of that very element, which would hide the class's own
// for good: every later value would go to it, and none to the element.

/** Names of the properties that can be set, of the element's class and of those that it extends. */
function settable(element) {
  const names = new Set();
  for (
    let prototype = Object.getPrototypeOf(element);
    prototype && prototype !== globalThis.HTMLElement.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, { set }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (set) {
        names.add(name);
      }
    }
  }
  return names;
}

/**
 * Sets again, by the class, what was set on the element itself, in the same order. `undefined` is left
 * out: `element.src = element.src`, said of an element without a class, means no address.
 */
export function takeOver(element) {
  const own = Object.getOwnPropertyNames(element);
  if (own.length === 0) {
    return;
  }
  const names = settable(element);
  for (const name of own.filter((name) => names.has(name))) {
    const value = element[name];
    if (Reflect.deleteProperty(element, name) && value !== undefined) {
      element[name] = value;
    }
  }
}
