"""Made titles for test_wording.py: invented mark, wording as it is written in each language. One title a line."""

from __future__ import annotations

CODED = {
    "zh": """
卓贝斯 高仿 运动鞋
卓贝斯 精仿 包包
超A 卓贝斯 腕表
卓贝斯 纯原 跑鞋
卓贝斯 公司级 板鞋
卓贝斯 莆田 鞋
卓贝斯 A货 手袋
卓贝斯 一比一 复刻 手表
卓贝斯 原单 细节看图
卓贝斯 高仿真皮包
非常高仿 卓贝斯
卓贝斯 组货 球鞋
卓贝斯 高仿 非诚勿扰
高*仿 卓贝斯
卓贝斯 高 仿
卓贝斯 高倣
假卓贝斯手表
全新 仿ZORBEX手表
卓贝斯手表 一比一 复刻
非高仿! A货卓贝斯
""",
    "en": """
ZORBEX replica watch
ZORBEX superfake bag
ZORBEX 1:1 replica
ZORBEX 1:1 AAA bag
first copy ZORBEX shoes
ZORBEX mirror quality
ZORBEX UA batch
best batch ZORBEX
ZORBEX AAA same as original
ZORBEX super clone
ZORBEX r e p l i c a
ZORBEX r3pl1ca
ZORBEX re\u200bplica
ZORBEX ｒｅｐｌｉｃａ
ZORBEX bag not genuine
ZORBEX no box replica
no.1 replica of ZORBEX
ZORBEX 1：1 top quality
ZORBEX knock-off handbag
replica ZORBEX watch, we ship worldwide
fake designer ZORBEX bag 1:1
ZORBEX replica leather bag gold
fake ZORBEX shoes
ZORBEX Fake Uhr
ZORBEX imitation shoes
""",
    "ja": """
ゾルベックス スーパーコピー 財布
ゾルベックス N級品
偽物 ゾルベックス
ゾルベックス レプリカ 激安ブランド
コピーブランド ゾルベックス
ゾルベックス コピー 時計
""",
    "ko": """
조르벡스 레플리카 가방
조르벡스 짝퉁
조르벡스 미러급 시계
조르벡스 정품급
조르벡스 AAA급 레플
조르벡스 가짜 시계
조르벡스 복제품
""",
    "de": """
ZORBEX Replika Uhr
gefälschte ZORBEX Tasche
ZORBEX Plagiat
ZORBEX Kopie wie Original
""",
    "fr": """
ZORBEX réplique sac
contrefaçon ZORBEX
ZORBEX copie comme l'original
fausse ZORBEX montre
""",
    "es": """
ZORBEX réplica bolso
ZORBEX falsificación
ZORBEX copia igual al original
ZORBEX imitación calidad AAA
""",
    "it": """
ZORBEX replica esatta
borsa ZORBEX contraffatta
ZORBEX imitazione perfetta
ZORBEX copia come originale
ZORBEX falsa borsa
""",
    "pt": """
ZORBEX réplica tênis
bolsa ZORBEX primeira linha
ZORBEX falsificada
ZORBEX cópia igual ao original
""",
    "pl": """
ZORBEX podróbka torebka
ZORBEX replika
ZORBEX kopia jak oryginał
""",
    "nl": """
ZORBEX namaak tas
ZORBEX kopie net echt
ZORBEX replica kwaliteit
""",
    "tr": """
ZORBEX çakma çanta
ZORBEX replika saat
ZORBEX birebir A kalite
ZORBEX replika fark yok
""",
    "ru": """
ZORBEX реплика часы
сумка ZORBEX подделка
ZORBEX люкс копия
ZORBEX копия один в один
""",
}
"""The goods are called a fake."""

DENIED = {
    "zh": """
卓贝斯 非高仿
卓贝斯 拒绝高仿
卓贝斯 不是高仿
卓贝斯 杜绝假货
卓贝斯 假一赔十
卓贝斯 假货假一赔十
卓贝斯 假货包退
卓贝斯 绝非A货
卓贝斯 不卖莆田货
卓贝斯 谨防山寨
卓贝斯 高仿勿扰
卓贝斯 如有假货十倍赔偿
卓贝斯 无假货
卓贝斯 抵制仿品 支持正品
非高仿A货 卓贝斯 手表
卓贝斯 支持鉴定 非高仿A货
卓贝斯 非高仿、精仿
卓贝斯 非超A货
非假卓贝斯
不是假卓贝斯手表
拒绝假卓贝斯
""",
    "en": """
ZORBEX not a replica
ZORBEX 100% genuine, no fakes, no replicas
this ZORBEX is not a cheap replica
ZORBEX never counterfeit
ZORBEX: we don't sell replicas
beware of counterfeit ZORBEX
ZORBEX isn't a knockoff
ZORBEX, replicas are not sold here
unlike replicas this is ZORBEX
ZORBEX authentic not superfake
no fake ZORBEX
ZORBEX fake prohibited
""",
    "ja": """
ゾルベックス コピーではありません
ゾルベックス 偽物ではございません
ゾルベックス スーパーコピーは取り扱っておりません
ゾルベックス レプリカ品ではない
ゾルベックス 偽物なら返金
""",
    "ko": """
조르벡스 가품 아님
조르벡스 레플리카 아닙니다
조르벡스 짝퉁 절대 아닙니다
조르벡스 가품시 환불
조르벡스 이미테이션 취급 안함
조르벡스 가짜 아님
""",
    "de": """
ZORBEX kein Replika
ZORBEX keine Fälschung
ZORBEX ist nicht gefälscht
ZORBEX Original, keine billige Replika
""",
    "fr": """
ZORBEX pas une réplique
ZORBEX, ce n'est pas une contrefaçon
ZORBEX sans contrefaçon
""",
    "es": """
ZORBEX no es réplica
ZORBEX sin réplicas
ZORBEX no es una falsificación
""",
    "it": """
ZORBEX non è una replica
ZORBEX nessuna imitazione
ZORBEX non contraffatto
""",
    "pt": """
ZORBEX não é réplica
ZORBEX, nunca falsificada
""",
    "pl": """
ZORBEX to nie podróbka
ZORBEX nie replika
ZORBEX żadna podróbka
""",
    "nl": """
ZORBEX geen namaak
ZORBEX geen replica
ZORBEX niet vervalst
""",
    "tr": """
ZORBEX replika değildir
ZORBEX çakma değil
ZORBEX sahte ürün satılmaz
""",
    "ru": """
ZORBEX не реплика
ZORBEX это не подделка
ZORBEX подделки не предлагать
""",
}
"""The goods are said to be none."""

HOMOGRAPHS = {
    "jade": """
卓贝斯 翡翠A货手镯
卓贝斯 天然缅甸玉石 A货 吊坠
卓贝斯 A货 冰种 平安扣
ZORBEX A货 jadeite bangle
""",
    "batteries": """
ZORBEX AAA batteries top quality
ZORBEX LED torch, 3 x AAA, top quality, battery included
卓贝斯 AAA 7号电池 原厂
ZORBEX AAA Batterien 1A Qualität
ZORBEX pilas AAA, igual al original
ZORBEX 電池 AAA 1:1
""",
    "scale models": """
卓贝斯 1:1 复刻 合金车模
ZORBEX 1:1 replica diecast
ZORBEX replica scale model
ゾルベックス レプリカ 1:1 ミニカー
조르벡스 레플리카 피규어
卓贝斯 一比一 复刻 手办
ZORBEX Replika Modellauto
ZORBEX réplique miniature
ZORBEX точная копия масштабная модель
""",
    "ratios": """
ZORBEX macro lens 1:1 one to one
卓贝斯 微距镜头 1:1 一比一
ZORBEX epoxy resin 1:1 top quality crystal
""",
    "artificial things": """
卓贝斯 高仿真花
卓贝斯 高仿 仿真绿植 盆栽
卓贝斯 高仿 玫瑰花束
ZORBEX faux fur
ZORBEX fake fur coat top quality
ZORBEX fake plants AAA
조르벡스 이미테이션 진주 목걸이
ZORBEX borsa in imitazione pelle
ZORBEX fake grass top quality
fake fur ZORBEX coat
ZORBEX imitation leather bag
ZORBEX nep leer tas
ZORBEX fake two-piece shirt
ゾルベックス イミテーション パール
조르벡스 가짜 가죽
卓贝斯 仿羊皮 手袋
ZORBEX仿真花
ZORBEX假发
卓贝斯 1:1 仿羊皮
暑假卓贝斯书包
""",
    "sport": """
ZORBEX replica jersey
ZORBEX replica home shirt
ZORBEX NFL replica helmet
ゾルベックス レプリカ ユニフォーム
조르벡스 레플리카 유니폼
ZORBEX Replika Trikot
ZORBEX réplica camiseta de fútbol
""",
    "props": """
ZORBEX movie prop replica
ZORBEX replica sword
ZORBEX airsoft replica
ZORBEX réplique épée
ZORBEX museum replica coin
""",
    "the brand's own words": """
ZORBEX UA Under Armour top quality
ZORBEX Maison Margiela Replica Jazz Club
卓贝斯 官方复刻 1:1
""",
    "papers": """
ZORBEX with copy of the original receipt
ZORBEX Kopie der Rechnung, wie Original
ZORBEX copia de la factura, igual al original
ZORBEX コピー用紙 正規品同様
ZORBEX コピー用紙
ZORBEX コピー DVD
""",
    "places and shops": """
卓贝斯 福建莆田 枇杷
卓贝斯 工厂货源 原厂正品
卓贝斯 防山寨 验货宝
ZORBEX counterfeit detector pen
""",
}
"""The wording means something else beside these goods."""

CONTACT = """
加V
加微信
站外联系
绿泡泡
图中有v
WhatsApp me
DM for price
LINEで連絡
카톡 문의
per WhatsApp
sur Telegram
por privado
scrivimi in privato
chama no zap
napisz na priv
stuur een DM
DM'den yazın
пишите в личку
"""
"""The buyer is asked to leave the platform."""
