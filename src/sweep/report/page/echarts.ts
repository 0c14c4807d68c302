/*!
 * This file contains parts of these works:
 *
 * Apache ECharts. Copyright 2017-2026 The Apache Software Foundation. This product includes software developed at The
 * Apache Software Foundation (https://www.apache.org/). Licensed under the Apache License, Version 2.0: you may obtain
 * a copy at https://www.apache.org/licenses/LICENSE-2.0. It embeds parts of d3.js, Copyright 2010-2016 Mike Bostock,
 * all rights reserved, and stands on
 *
 * zrender. Copyright (c) 2017, Baidu Inc. All rights reserved. Both of these are under the BSD 3-Clause License:
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
 * following conditions are met:
 * - Redistributions of source code must retain the above copyright notice, this list of conditions and the following
 *   disclaimer.
 * - Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
 *   disclaimer in the documentation and/or other materials provided with the distribution.
 * - Neither the name of the copyright holder (the author) nor the names of its contributors may be used to endorse or
 *   promote products derived from this software without specific prior written permission.
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
 * INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
 * SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
 * WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 *
 * tslib. Copyright (c) Microsoft Corporation, under the Zero-Clause BSD License.
 */
import {
  CustomChart,
  type CustomSeriesOption,
  LineChart,
  type LineSeriesOption,
  ParallelChart,
  type ParallelSeriesOption,
  ScatterChart,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  DataZoomComponent,
  type DataZoomComponentOption,
  GridComponent,
  type GridComponentOption,
  ParallelComponent,
  type ParallelComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

export type { EChartsType } from 'echarts/core';

/** What is used of it. Its own type for that, ComposeOption, takes a tooltip for an axis when one is composed of these. */
export interface ChartOption {
  readonly grid?: GridComponentOption;
  readonly xAxis?: object;
  readonly yAxis?: object;
  readonly parallel?: ParallelComponentOption;
  readonly parallelAxis?: readonly object[];
  readonly dataZoom?: DataZoomComponentOption;
  readonly tooltip: TooltipComponentOption;
  readonly series: ChartSeries | readonly ChartSeries[];
}

export type ChartSeries = CustomSeriesOption | LineSeriesOption | ParallelSeriesOption | ScatterSeriesOption;

use([
  CustomChart,
  LineChart,
  ParallelChart,
  ScatterChart,
  DataZoomComponent,
  GridComponent,
  ParallelComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export function newChart(element: HTMLElement): EChartsType {
  return init(element, undefined, { renderer: 'canvas', devicePixelRatio: Math.max(2, window.devicePixelRatio) });
}
