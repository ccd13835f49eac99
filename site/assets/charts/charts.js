// Charts of the statistics page, drawn from its tables, so that they can never say anything else. Without JavaScript the
// tables stand alone. The library is fetched when the first chart comes near the screen, and by no other page.
(() => {
  "use strict";
  const LIBRARY = "../vendor/echarts-6.1.0/echarts.min.js";
  const MOST = 36;
  const KINDS = [
    { id: "rate", title: "按期办结率", unit: "%", series: [{ key: "onTime", name: "按期办结率" }], most: 100 },
    {
      id: "days",
      title: "办理用时",
      unit: "个工作日",
      series: [
        { key: "median", name: "用时中位数" },
        { key: "p90", name: "用时第90百分位数" },
      ],
    },
    {
      id: "count",
      title: "件数",
      unit: "件",
      series: [
        { key: "valid", name: "有效留言" },
        { key: "closed", name: "已办结" },
      ],
    },
    { id: "satisfied", title: "满意率", unit: "%", series: [{ key: "satisfied", name: "满意率" }], most: 100 },
  ];
  const charts = [];
  let library;

  /** The rows of a table; a figure that has nothing to count is null. */
  function read(table) {
    const rows = Array.from(table.tBodies[0].rows, (row) => {
      const head = row.querySelector("th");
      const cell = (name) => row.querySelector(`[data-${name}]`);
      const number = (name, factor = 1) => {
        const text = cell(name).getAttribute(`data-${name}`);
        return text === "" ? null : Math.round(Number(text) * factor * 10) / 10;
      };
      const part = (name) => cell(name).querySelector("small")?.textContent ?? "";
      return {
        name: head.textContent.trim(),
        href: head.querySelector("a")?.href ?? "",
        valid: number("valid"),
        closed: number("closed"),
        onTime: number("on-time", 100),
        median: number("median"),
        p90: number("p90"),
        satisfied: number("satisfied", 100),
        parts: { onTime: part("on-time"), satisfied: part("satisfied") },
      };
    });
    // Months stand newest first in the table and oldest first on an axis.
    return table.dataset.hyChart === "columns" ? rows.slice(0, MOST).reverse() : rows;
  }

  /** The frame of a chart, before its table: the choice of the figure, and the place to draw on. */
  function frame(table, number) {
    const box = document.createElement("div");
    box.className = "hy-chart";
    const choices = document.createElement("fieldset");
    choices.className = "hy-chart__choices";
    const legend = document.createElement("legend");
    legend.textContent = "图中显示";
    choices.append(legend);
    for (const kind of KINDS) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = `hy-chart-${number}`;
      input.value = kind.id;
      input.checked = kind === KINDS[0];
      label.append(input, kind.title);
      choices.append(label);
    }
    const place = document.createElement("div");
    place.className = "hy-chart__place";
    box.append(choices, place);
    table.closest(".hy-scroll").before(box);
    return { box, choices, place };
  }

  /** Colours and type as the page shows them now: light, dark or large. */
  function look(box) {
    const style = getComputedStyle(box);
    const value = (name) => style.getPropertyValue(name).trim();
    return {
      colours: [value("--hy-chart-1"), value("--hy-chart-2")],
      text: value("--hy-chart-text"),
      line: value("--hy-chart-line"),
      paper: value("--hy-chart-paper"),
      size: parseFloat(style.fontSize),
      family: style.fontFamily,
      still: matchMedia("(prefers-reduced-motion: reduce)").matches,
    };
  }

  function options(chart, seen, width) {
    const { kind, rows, upright } = chart;
    const text = { color: seen.text, fontSize: seen.size, fontFamily: seen.family };
    const room = upright ? 0 : Math.min(width * 0.42, Math.max(...rows.map((r) => r.name.length)) * seen.size * 1.1);
    const names = {
      type: "category",
      data: rows.map((row) => row.name),
      inverse: !upright,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: seen.line } },
      axisLabel: upright ? { ...text, hideOverlap: true } : { ...text, width: room, overflow: "truncate", interval: 0 },
    };
    const values = {
      type: "value",
      min: 0,
      max: kind.most,
      minInterval: kind.id === "count" ? 1 : undefined,
      interval: kind.most ? kind.most / (width < 500 ? 2 : 5) : undefined,
      splitNumber: width < 500 ? 3 : 5,
      splitLine: { lineStyle: { color: seen.line } },
      axisLabel: { ...text, formatter: kind.most ? "{value}%" : "{value}" },
    };
    return {
      animation: !seen.still,
      color: seen.colours,
      textStyle: text,
      grid: { left: 8, right: upright ? 8 : seen.size * 3.2, top: seen.size, bottom: 4, containLabel: true },
      xAxis: upright ? names : values,
      yAxis: upright ? values : names,
      // Drawn, not HTML: the policy of the page allows no inline style.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        axisPointer: { type: "shadow", shadowStyle: { color: seen.line, opacity: 0.35 } },
        backgroundColor: seen.paper,
        borderColor: seen.line,
        textStyle: text,
        formatter: (found) => say(chart, found[0].dataIndex),
      },
      series: kind.series.map((series) => ({
        type: "bar",
        name: series.name,
        barMaxWidth: seen.size * 1.6,
        barMinHeight: 2,
        cursor: "pointer",
        data: rows.map((row) => row[series.key]),
        label: {
          show: !upright || rows.length * kind.series.length * seen.size * 3 < width,
          position: upright ? "top" : "right",
          ...text,
          fontSize: seen.size * 0.88,
          formatter: ({ value }) => (value === null || value === undefined ? "" : `${value}${kind.most ? "%" : ""}`),
        },
      })),
    };
  }

  function say(chart, index) {
    const row = chart.rows[index];
    const lines = chart.kind.series.map(({ key, name }) => {
      const part = row.parts[key] ? `（${row.parts[key]}件）` : "";
      return `${name}：${row[key] === null ? "无数据" : `${row[key]}${chart.kind.unit}`}${part}`;
    });
    return [row.name, ...lines, ...(row.href ? ["点按查看名单"] : [])].join("\n");
  }

  function draw(chart) {
    const { place, rows, kind, upright, box } = chart;
    const seen = look(box);
    const thick = seen.size * (1 + kind.series.length * 0.9);
    place.style.height = `${Math.round(upright ? seen.size * 18 : rows.length * thick + seen.size * 3)}px`;
    const less = upright && chart.total > rows.length ? `（最近${rows.length}个月）` : "";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `柱状图：${chart.caption}${less}，${kind.title}。数据见下表。`);
    chart.drawn.resize();
    chart.drawn.setOption(options(chart, seen, place.clientWidth), { notMerge: true });
  }

  async function start(chart) {
    library ??= import(LIBRARY);
    const { init } = await library;
    chart.drawn = init(chart.place, null, { renderer: "svg" });
    chart.drawn.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (!chart.drawn.containPixel("grid", point)) return;
      const found = chart.drawn.convertFromPixel({ seriesIndex: 0 }, point);
      const row = chart.rows[Math.max(0, Math.round(found[chart.upright ? 0 : 1]))];
      if (row?.href) location.assign(row.href);
    });
    draw(chart);
    chart.box.dataset.drawn = "";
    new ResizeObserver(() => draw(chart)).observe(chart.box);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        near.unobserve(entry.target);
        start(charts.find((chart) => chart.box === entry.target));
      }
    },
    { rootMargin: "200px" },
  );

  document.querySelectorAll("table[data-hy-chart]").forEach((table, number) => {
    const { box, choices, place } = frame(table, number);
    const upright = table.dataset.hyChart === "columns";
    const caption = table.caption.textContent;
    const total = table.tBodies[0].rows.length;
    const chart = { box, place, rows: read(table), total, upright, caption, kind: KINDS[0] };
    charts.push(chart);
    choices.addEventListener("change", (event) => {
      chart.kind = KINDS.find((kind) => kind.id === event.target.value);
      if (chart.drawn) draw(chart);
    });
    near.observe(box);
  });

  new MutationObserver(() => charts.filter((chart) => chart.drawn).forEach(draw)).observe(document.documentElement, {
    attributeFilter: ["data-md-color-scheme", "data-hy-care"],
  });
})();
