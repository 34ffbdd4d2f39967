/** What a new flow may begin with. The API checks them in a test of ours. */
export const EXAMPLES = {
  question: `steps:
  hello:
    ask: yes_no
    prompt: Hello. This is an automated assistant. Shall I tell you our hours?
    yes: hours
    no: bye
    give_up: bye
  hours: {say: We are here from 9 to 6., then: bye}
  bye: {end: Goodbye.}
`,
  menu: `# Callers say what they want, or press a key; whoever asks for a person waits in the queue "help".
person: people
steps:
  greet: {say: Hello. This is an automated assistant., then: menu}
  menu:
    menu: How can I help you, with our hours, or our address?
    options:
      hours: {phrases: [hours, "when are you open"], key: 1, then: hours}
      address: {phrases: [address, "where are you"], key: 2, then: address}
    give_up: people
  hours: {say: We are here from 9 to 6., then: bye}
  address: {say: We are at 1 Harbor Street., then: bye}
  people:
    {queue: help, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
`,
  lookup: `# Asks for a number, looks the order up in the CRM, and tells how it is.
person: people
steps:
  number:
    ask: order_number
    prompt: What is your order number? Say it, or type it.
    slot: order_number
    min_digits: 4
    then: find
    give_up: people
  find:
    lookup: order
    by: {number: "{{ order_number }}"}
    found: told
    missing: missing
    failed: no_answer
  told: {say: "It is {{ order.status }}.", then: bye}
  missing: {say: I can't find that order., then: people}
  no_answer: {say: "Sorry, I can't reach our orders right now.", then: people}
  people:
    {queue: help, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
`,
} as const;

export type Example = keyof typeof EXAMPLES;
