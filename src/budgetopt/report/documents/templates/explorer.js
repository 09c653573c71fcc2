// The explorer: it looks up which piece of the plan holds where the sliders stand, and evaluates it. Nothing is solved.
(() => {
  const panel = document.getElementById("explore");
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const sliders = data.sliders, count = sliders.length;
  const CLOSE = 1e-7, STEP = 1e-6, MINUS = "\u2212";
  const values = sliders.map((slider) => slider.value);

  // -- numbers
  const digits = (value, decimals) => Math.abs(value).toLocaleString(data.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const signOf = (text, value, signed) => (/[1-9]/.test(text) ? (value < 0 ? MINUS : signed ? "+" : "") : "") ;
  const money = (value, signed, decimals = data.money.decimals) => {
    const text = digits(value, decimals), sign = signOf(text, value, signed);
    return `${sign}${sign && data.money.before ? "\u2060" : ""}${data.money.before}${text}${data.money.after}`;
  };
  const quantity = (value, signed) => {
    const size = Math.abs(value);
    const whole = Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(size, 1);
    const places = whole || !size ? 0 : Math.min(Math.max(2 - Math.floor(Math.log10(size)), 0), 12);
    const text = size.toLocaleString(data.locale, { maximumFractionDigits: places });
    return signOf(text, value, signed) + text;
  };
  const percent = (value, signed) => {
    const text = (100 * Math.abs(value)).toLocaleString(data.locale, { maximumFractionDigits: 2 });
    return `${signOf(text, value, signed)}${text}%`;
  };
  const goal = (value, signed) => {
    if (data.goal.form === "money") return money(value, signed, Math.abs(value) < 1000 ? 2 : 0);
    if (data.goal.form === "points") return `${quantity(100 * value, signed)} percentage points`;
    return `${quantity(value, signed)}${data.goal.unit ? ` ${data.goal.unit}` : ""}`;
  };
  const said = (slider, value) => {
    if (slider.form === "money") return money(value, false, Number.isInteger(value) ? 0 : 2);
    if (slider.form === "share") return percent(value);
    return `${quantity(value)}${slider.unit ? ` ${slider.unit}` : ""}`;
  };
  const plural = (number, word) => `${number.toLocaleString(data.locale)} ${word}${number === 1 ? "" : "s"}`;
  const joined = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`);

  // -- the plan at a point: how far each figure is from the plan's, as a share of its range
  const pointOf = (at) => at.map((value, i) => (value - sliders[i].value) / (sliders[i].high - sliders[i].low));
  const evaluate = (map, point) => {
    let total = map[0];
    for (let at = 1; at < map.length; at += 2) total += map[at + 1] * point[map[at]];
    return total;
  };
  const rate = (map, figure) => {
    for (let at = 1; at < map.length; at += 2) if (map[at] === figure) return map[at + 1];
    return 0;
  };
  const pieceAt = (point) => {
    const known = new Map();
    const level = (signed) => {
      const at = Math.abs(signed) - 1;
      if (!known.has(at)) known.set(at, evaluate(data.maps[at], point));
      return signed < 0 ? -known.get(at) : known.get(at);
    };
    const piece = data.pieces.find((one) => one.c.every((signed) => level(signed) >= -CLOSE));
    const tied = piece !== undefined && piece.c.slice(piece.n).some((signed) => level(signed) <= CLOSE);
    return { piece, tied };
  };
  const slope = (piece, point, figure) => {
    let total = 0;
    for (let at = 0; at < piece.v.length; at += 2) {
      const map = data.maps[piece.v[at + 1]], by = piece.v[at] ? point[piece.v[at] - 1] : 1;
      total += by * rate(map, figure) + (piece.v[at] === figure + 1 ? evaluate(map, point) : 0);
    }
    return total / (sliders[figure].high - sliders[figure].low);
  };
  const price = (point, figure) => {
    const more = [...point];
    more[figure] += STEP;
    if (more[figure] > (sliders[figure].high - sliders[figure].value) / (sliders[figure].high - sliders[figure].low)) return NaN;
    const { piece } = pieceAt(more);
    return piece === undefined ? NaN : slope(piece, point, figure);
  };
  const start = data.pieces[0];
  const amountsOf = (piece, point) => {
    const amounts = new Map();
    for (let at = 0; at < piece.s.length; at += 2) amounts.set(piece.s[at], evaluate(data.maps[piece.s[at + 1]], point));
    return amounts;
  };
  const origin = new Array(count).fill(0);
  const startAmounts = amountsOf(start, origin);
  const valueOf = (piece, point) => {
    let value = 0;
    for (let i = 0; i < piece.v.length; i += 2) value += (piece.v[i] ? point[piece.v[i] - 1] : 1) * evaluate(data.maps[piece.v[i + 1]], point);
    return value;
  };
  const planAt = (at) => {
    const point = pointOf(at), { piece, tied } = pieceAt(point);
    if (piece === undefined) return { possible: !data.cuts.some((cut) => evaluate(data.maps[cut], point) > 0) };
    const isPlan = point.every((one) => one === 0);
    const amounts = amountsOf(piece, point);
    // amounts that are not the plan's; where nothing is moved, all are as printed
    const programs = new Map();
    if (!isPlan) {
      const all = new Set([...amounts.keys(), ...startAmounts.keys()]);
      for (const program of all) if (amounts.has(program)) programs.set(program, amounts.get(program));
    }
    // what the printed plan is worth where only the objective is moved as it is here
    const worth = point.map((one, i) => (start.v.some((row, k) => k % 2 === 0 && row === i + 1) ? one : 0));
    return {
      piece, tied, isPlan, programs,
      reweighed: worth.some((one) => one !== 0),
      before: data.goal.value + valueOf(start, worth) - valueOf(start, origin),
      value: isPlan ? data.goal.value : valueOf(piece, point),
      outcomes: piece.o.map((map, i) => (isPlan ? data.outcomes[i].value : evaluate(data.maps[map], point))),
      prices: sliders.map((slider, i) => (slider.kind === "weight" ? NaN : price(point, i))),
      limits: piece.b,
    };
  };

  // -- what is shown
  const make = (tag, text, look) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (look) node.className = look;
    return node;
  };
  const unit = data.money.unit;
  const printed = (program) => data.printed[program] * unit;
  const table = (caption, heads, rows) => {
    const node = make("table", undefined, "stack"), head = make("tr"), body = make("tbody");
    node.append(make("caption", caption), make("thead"), body);
    node.tHead.append(head);
    heads.forEach((text, at) => {
      const cell = make("th", text, at ? "r" : "");
      cell.scope = "col";
      head.append(cell);
    });
    for (const [name, cells, turn] of rows) {
      const row = make("tr"), first = make("th");
      first.scope = "row";
      first.append(make("bdi", name));
      row.append(first);
      cells.forEach((text, at) => {
        const cell = make("td", text, `r${at === 2 && turn ? (turn > 0 ? " more" : " less") : ""}`);
        cell.dataset.label = heads[at + 1];
        row.append(cell);
      });
      body.append(row);
    }
    return node;
  };
  const part = (name) => panel.querySelector(`[data-part=${name}]`);
  const told = panel.querySelector(".told"), facts = panel.querySelector(".found .facts"), command = panel.querySelector(".found code");
  const every = document.getElementById("x-every");
  const quoted = (text) => (/^[\w.=%+,:@/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

  const changesOf = (plan) => {
    const cent = data.money.decimals ? unit : 1;
    const rows = data.programs.map((name, at) => {
      const here = plan.programs.has(at) ? plan.programs.get(at) : printed(at);
      const change = here - printed(at);
      return { name, at, here, change: Math.abs(change) < cent / 2 ? 0 : change };
    });
    return rows;
  };
  const storyOf = (plan, changes) => {
    if (plan.isPlan) return "This is the plan as printed.";
    const words = [];
    const gain = plan.value - plan.before, same = Math.abs(gain) <= 1e-9 * Math.abs(plan.before);
    const share = plan.before && !same ? ` (${percent(gain / Math.abs(plan.before), true)})` : "";
    const than = plan.reweighed ? "the printed plan by the same weights" : "the printed plan";
    words.push(`The best plan has ${goal(plan.value)} of ${data.goal.name}: ${same ? "as much as" : `${goal(gain, true)} against`} ${than}${share}.`);
    const moved = changes.filter((row) => row.change).sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
    for (const [sign, verb] of [[1, "more"], [-1, "less"]]) {
      const some = moved.filter((row) => row.change * sign > 0);
      if (!some.length) continue;
      const names = some.slice(0, 3).map((row) => `${row.name} (${money(row.change, true)})`);
      if (some.length > 3) names.push(plural(some.length - 3, "other program"));
      words.push(`${joined(names)} ${some.length === 1 ? "gets" : "get"} ${verb}.`);
    }
    if (!moved.length) words.push("No program gets more or less than in the plan.");
    if (plan.tied) words.push("Another plan is as good here by this objective; this is one of them.");
    return words.join(" ");
  };
  const limitsOf = (plan) => {
    const node = document.createElement("div"), now = new Set(plan.limits), then = new Set(start.b);
    const names = (some) => joined(some.map((at) => `\u201c${data.limits[at]}\u201d`));
    const fresh = plan.limits.filter((at) => !then.has(at)), gone = start.b.filter((at) => !now.has(at));
    if (plan.limits.length) node.append(make("p", `These limits bind here: ${names(plan.limits)}.`));
    if (!plan.isPlan && fresh.length) node.append(make("p", `Not in the plan: ${names(fresh)}.`));
    if (!plan.isPlan && gone.length) node.append(make("p", `They bind in the plan, and not here: ${names(gone)}.`));
    return node;
  };

  const show = () => {
    const plan = planAt(values);
    const setting = (slider, value) => {
      if (slider.differs) {
        const share = Number((100 * (value / slider.value - 1)).toPrecision(12));
        return `${share > 0 ? "+" : ""}${share}%`;
      }
      return slider.form === "share" ? `${Number((100 * value).toPrecision(12))}%` : `${value}`;
    };
    const moves = sliders.flatMap((slider, i) => (values[i] === slider.value ? [] : [`--set ${quoted(`${slider.path}=${setting(slider, values[i])}`)}`]));
    command.textContent = ["budgetopt solve SCENARIO", ...moves].join(" ");
    panel.dataset.state = plan.piece === undefined ? (plan.possible ? "unknown" : "impossible") : "exact";
    const parts = [facts, part("programs"), part("outcomes"), part("limits")];
    if (plan.piece === undefined) {
      for (const node of parts) node.replaceChildren();
      every.parentElement.hidden = true;
      return plan.possible
        ? "The page does not carry the plan for these figures together. Move one of them back, or solve it with the command below."
        : "No plan keeps every limit with these figures.";
    }
    every.parentElement.hidden = false;
    const changes = changesOf(plan);
    const rows = changes.filter((row) => every.checked || row.change).sort((one, other) => Math.abs(other.change) - Math.abs(one.change) || one.at - other.at);
    const fact = (name, text, more) => {
      const group = make("div"), value = make("dd", text);
      if (more) value.append(make("span", more, "sub"));
      group.append(make("dt", name), value);
      return group;
    };
    const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
    const priced = sliders.flatMap((slider, i) => {
      if (slider.kind !== "revenue" || Number.isNaN(plan.prices[i])) return [];
      return [fact(`A dollar more: ${slider.name}`.replace("A dollar", data.money.before === "$" ? "A dollar" : "One"), goal(plan.prices[i] / slider.times, true))];
    });
    facts.replaceChildren(fact(capital(data.goal.name), goal(plan.value), plan.isPlan || Math.abs(plan.value - plan.before) <= 1e-9 * Math.abs(plan.before) ? "" : `${goal(plan.value - plan.before, true)} against the printed plan`), ...priced);
    const total = changes.reduce((sum, row) => sum + row.here, 0);
    const totalPlan = changes.reduce((sum, row) => sum + printed(row.at), 0);
    const shown = rows.map((row) => [row.name, [money(printed(row.at)), money(row.here), row.change ? money(row.change, true) : "\u2013"], row.change]);
    const programs = table(every.checked ? "Money of every program" : "Money of the programs that change", ["Program", "In the plan", "Here", "Change"], shown);
    const foot = table("", ["Program", "In the plan", "Here", "Change"], [["All programs", [money(totalPlan), money(total), Math.abs(total - totalPlan) < 0.5 ? "\u2013" : money(total - totalPlan, true)], 0]]);
    const last = make("tfoot");
    last.append(...foot.tBodies[0].rows);
    programs.append(last);
    part("programs").replaceChildren(programs);
    part("outcomes").replaceChildren(table("What it buys", ["Outcome", "In the plan", "Here", "Change"], data.outcomes.map((outcome, i) => {
      const change = plan.outcomes[i] - outcome.value, same = Math.abs(change) <= 1e-9 * Math.max(Math.abs(outcome.value), 1) + 1e-9;
      return [outcome.unit && outcome.unit !== outcome.name ? `${outcome.name} (${outcome.unit})` : outcome.name, [quantity(outcome.value), quantity(plan.outcomes[i]), same ? "\u2013" : quantity(change, true)], 0];
    })));
    part("limits").replaceChildren(limitsOf(plan));
    return storyOf(plan, changes);
  };

  // -- the sliders
  let waiting = 0;
  const announce = (text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (told.textContent !== text) told.textContent = text; }, 250);
  };
  const controls = [...panel.querySelectorAll("[data-slider]")].map((node, i) => {
    const slider = sliders[i], range = node.querySelector("[type=range]"), exact = node.querySelector("[type=number]"), output = node.querySelector("output");
    const times = slider.form === "share" ? 100 : 1;
    range.min = -Math.ceil((slider.value - slider.low) / slider.step - 1e-9);
    range.max = Math.ceil((slider.high - slider.value) / slider.step - 1e-9);
    exact.min = Number((times * slider.low).toPrecision(12));
    exact.max = Number((times * slider.high).toPrecision(12));
    node.querySelector(".unit").textContent = slider.form === "share" ? "%" : slider.form === "money" ? (data.money.before || data.money.after).trim() : "";
    const within = (value) => Math.min(Math.max(value, slider.low), slider.high);
    const draw = () => {
      range.value = Math.round((values[i] - slider.value) / slider.step);
      range.setAttribute("aria-valuetext", said(slider, values[i]));
      exact.value = Number((times * values[i]).toPrecision(12));
      output.textContent = said(slider, values[i]);
      node.classList.toggle("moved", values[i] !== slider.value);
    };
    range.addEventListener("input", () => {
      const steps = Number(range.value);
      values[i] = steps ? within(Number((slider.value + steps * slider.step).toPrecision(12))) : slider.value;
      update();
    });
    exact.addEventListener("change", () => {
      if (exact.value === "") return draw();
      values[i] = within(Number(exact.value) / times);
      update();
    });
    return draw;
  });

  const together = panel.querySelector("[data-together]");
  if (together) {
    const range = together.querySelector("input"), output = together.querySelector("output"), ends = together.querySelector(".ends");
    const mine = sliders.map((slider, i) => i).filter((i) => sliders[i].kind === "revenue");
    const low = Math.max(...mine.map((i) => sliders[i].low / sliders[i].value - 1)), high = Math.min(...mine.map((i) => sliders[i].high / sliders[i].value - 1));
    const HALF = 0.005;
    range.min = -Math.floor(-low / HALF + 1e-9);
    range.max = Math.floor(high / HALF + 1e-9);
    ends.textContent = `${percent(range.min * HALF, true)} to ${percent(range.max * HALF, true)}, each fund in proportion.`;
    controls.push(() => {
      const shares = mine.map((i) => values[i] / sliders[i].value - 1), same = shares.every((share) => Math.abs(share - shares[0]) < 1e-9);
      if (same) range.value = Math.round(shares[0] / HALF);
      const text = same ? percent(shares[0], true) || "0%" : "by fund";
      output.textContent = text;
      range.setAttribute("aria-valuetext", same ? `${text}, ${money(mine.reduce((sum, i) => sum + values[i], 0))} a year or period` : "the funds differ");
      together.classList.toggle("moved", shares.some((share) => share !== 0));
    });
    range.addEventListener("input", () => {
      const share = Number(range.value) * HALF;
      for (const i of mine) values[i] = share ? Math.min(Math.max(Number((sliders[i].value * (1 + share)).toPrecision(12)), sliders[i].low), sliders[i].high) : sliders[i].value;
      update();
    });
  }

  const update = () => {
    for (const draw of controls) draw();
    announce(show());
  };
  document.getElementById("x-back").addEventListener("click", () => {
    sliders.forEach((slider, i) => { values[i] = slider.value; });
    update();
  });
  panel.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  every.addEventListener("change", show);
  panel.hidden = false;
  for (const draw of controls) draw();
  told.textContent = show();
})();
